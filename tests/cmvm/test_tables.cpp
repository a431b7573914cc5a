// Look-up tables: exact, chosen only where they are cheaper, within the depth, and proved from their entries.
#include "base/error.hpp"
#include "problems.hpp"

#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

namespace {

/// One to `most_bits` bits per input, sparse weights.
Problem narrow(Random& random, std::size_t rows, std::size_t columns, int most_bits) {
    Problem problem = test::heterogeneous(random, rows, columns, 0.4);
    for (fx::Interval& in : problem.inputs) {
        const std::int64_t levels = std::int64_t{1} << random.integer(1, most_bits);
        const std::int64_t lo = random.chance(0.3) ? -levels / 2 : 0;
        in = {lo, lo + levels - 1 - (levels > 2 && random.chance(0.2) ? 1 : 0), in.fraction};
    }
    return problem;
}

Options with_tables(int operands, std::optional<int> slack) {
    Options options;
    options.effort = Effort::fast;
    options.operands = operands;
    options.slack = slack;
    options.tables = true;
    return options;
}

const Node& first_table(const AdderGraph& graph) {
    for (const Node& node : graph.nodes) {
        if (node.kind == Node::Kind::table) return node;
    }
    FAIL("the graph has no table");
    return graph.nodes[0];
}

/// 45 x + 83 y for two inputs of two bits: nine digits, or one table of four input bits.
Problem two_by_two() {
    Problem p;
    p.rows = 2;
    p.columns = 1;
    p.matrix = {45, 83};
    p.inputs = {{0, 3, 0}, {-2, 1, 1}};
    return p;
}

} // namespace

TEST_CASE("tables are exact, never dearer than adders alone and within the depth", "[cmvm][tables]") {
    Random random(81);
    std::size_t tables = 0;
    for (int round = 0; round < 40; ++round) {
        const int operands = static_cast<int>(random.integer(2, 3));
        const std::optional<int> slack = random.chance(0.2) ? std::nullopt : std::optional<int>(random.integer(0, 2));
        Problem p = narrow(random, static_cast<std::size_t>(random.integer(1, 14)),
                           static_cast<std::size_t>(random.integer(1, 10)), static_cast<int>(random.integer(1, 6)));
        if (round % 4 == 1) {
            for (std::size_t i = 0; i < p.rows; ++i)
                p.arrival.push_back(static_cast<int>(random.integer(0, 2)));
        }
        if (round % 4 == 2) {
            for (std::size_t j = 0; j < p.columns; ++j)
                p.offset.push_back(random.integer(-99, 99));
        }
        if (round % 5 == 3) p.inputs[0] = {1, 1, 0};
        CAPTURE(round, operands, p.rows, p.columns);
        Options options = with_tables(operands, slack);
        const AdderGraph graph = solve(p, options);
        REQUIRE(test::check(p, graph, random) == "");
        options.tables = false;
        const Cost plain = cost(solve(p, options)), mixed = cost(graph);
        REQUIRE(plain.tables == 0);
        REQUIRE(mixed.lut_bits <= plain.lut_bits);
        if (slack) REQUIRE(mixed.depth <= min_depth(p, operands) + *slack);
        tables += mixed.tables;
    }
    REQUIRE(tables > 40);
}

TEST_CASE("two narrow inputs become one table at half a LUT per bit", "[cmvm][tables]") {
    const Problem p = two_by_two();
    const AdderGraph graph = solve(p, with_tables(2, 0));
    Random random(1);
    REQUIRE(test::check(p, graph, random) == "");
    const Cost c = cost(graph);
    REQUIRE(c.adders == 0);
    REQUIRE(c.tables == 1);
    REQUIRE(c.depth == 1);
    const Node& node = first_table(graph);
    REQUIRE(graph.tables[node.input].entries.size() == 16);
    // 45 x + 83 y, y in halves: -83 .. 176.5, ten bits on halves.
    REQUIRE(node.interval == fx::Interval{-166, 353, 1});
    REQUIRE(c.lut_bits == 5);
}

TEST_CASE("six input bits cost a LUT per bit", "[cmvm][tables]") {
    Problem p = two_by_two();
    p.inputs = {{0, 7, 0}, {0, 7, 0}};
    const AdderGraph graph = solve(p, with_tables(2, 0));
    prove(graph, p);
    for (const Node& node : graph.nodes) {
        if (node.kind != Node::Kind::table) continue;
        int bits = 0;
        for (const std::uint32_t input : graph.tables[node.input].inputs)
            bits += graph.nodes[input].interval.width();
        REQUIRE(lut_bits(graph, node) == (bits == 6 ? node.interval.width() : (node.interval.width() + 1) / 2));
    }
    REQUIRE(cost(graph).tables >= 1);
}

TEST_CASE("wide inputs and lone digits get no table", "[cmvm][tables]") {
    Random random(5);
    REQUIRE(cost(solve(test::dense(random, 4, 4, 6, 8), with_tables(2, 0))).tables == 0);
    Problem wires = two_by_two();
    wires.matrix = {4, 0};
    REQUIRE(cost(solve(wires, with_tables(2, 0))).tables == 0);
}

TEST_CASE("the proof finds a wrong entry, a missing entry and a wrong depth of a table", "[cmvm][tables]") {
    const Problem p = two_by_two();
    const AdderGraph good = solve(p, with_tables(2, 0));
    prove(good, p);
    for (std::size_t entry = 0; entry < 16; ++entry) {
        CAPTURE(entry);
        AdderGraph bad = good;
        ++bad.tables[0].entries[entry];
        REQUIRE_THROWS_AS(prove(bad, p), InternalError);
    }
    AdderGraph bad = good;
    bad.tables[0].entries.pop_back();
    REQUIRE_THROWS_AS(prove(bad, p), InternalError);
    bad = good;
    std::swap(bad.tables[0].inputs[0], bad.tables[0].inputs[1]);
    REQUIRE_THROWS_AS(prove(bad, p), InternalError);
    bad = good;
    for (Node& node : bad.nodes) {
        if (node.kind == Node::Kind::table) node.depth = 0;
    }
    REQUIRE_THROWS_AS(prove(bad, p), InternalError);
}

TEST_CASE("the same seed gives the same graph with tables", "[cmvm][tables]") {
    Random random(9);
    const Problem p = narrow(random, 12, 8, 3);
    const AdderGraph a = solve(p, with_tables(2, 1)), b = solve(p, with_tables(2, 1));
    REQUIRE(a.nodes.size() == b.nodes.size());
    for (std::size_t i = 0; i < a.nodes.size(); ++i) {
        REQUIRE(a.nodes[i].kind == b.nodes[i].kind);
        REQUIRE(a.nodes[i].interval == b.nodes[i].interval);
        REQUIRE(std::equal(a.nodes[i].in, a.nodes[i].in + 3, b.nodes[i].in));
    }
    REQUIRE(a.tables.size() == b.tables.size());
    for (std::size_t t = 0; t < a.tables.size(); ++t)
        REQUIRE(a.tables[t].entries == b.tables[t].entries);
}

} // namespace bitgrain::cmvm
