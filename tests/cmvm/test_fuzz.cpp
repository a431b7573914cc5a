// C5: whatever is asked, the graph is the matrix product, exactly, within its depth.
#include "base/error.hpp"
#include "problems.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

namespace {

/// Any shape and width the contract allows, with the nasty cases mixed in.
Problem any_problem(Random& random) {
    Problem p;
    p.rows = static_cast<std::size_t>(random.integer(1, 12));
    p.columns = static_cast<std::size_t>(random.integer(1, 12));
    p.fraction = static_cast<int>(random.integer(-3, 12));
    const auto bits = random.integer(1, 16);
    const double zeros = random.uniform();
    for (std::size_t k = 0; k < p.rows * p.columns; ++k) {
        const std::int64_t most = (std::int64_t{1} << random.integer(0, bits)) - 1;
        p.matrix.push_back(random.chance(zeros) ? 0 : random.integer(-most, most));
    }
    const auto at = [&](std::size_t i, std::size_t j) -> std::int64_t& { return p.matrix[i * p.columns + j]; };
    if (p.columns > 1 && random.chance(0.5)) { // equal, negated or shifted columns
        const auto from = static_cast<std::size_t>(random.integer(0, static_cast<int>(p.columns) - 1));
        const auto to = static_cast<std::size_t>(random.integer(0, static_cast<int>(p.columns) - 1));
        const std::int64_t factors[] = {1, -1, 2, -4, 8};
        const std::int64_t factor = factors[random.integer(0, 4)];
        if (from != to) {
            for (std::size_t i = 0; i < p.rows; ++i)
                at(i, to) = at(i, from) * factor;
        }
    }
    if (random.chance(0.2)) {
        for (std::size_t i = 0; i < p.rows; ++i)
            at(i, p.columns - 1) = 0;
    }
    if (random.chance(0.2)) {
        for (std::size_t j = 0; j < p.columns; ++j)
            at(p.rows - 1, j) = 0;
    }
    for (std::size_t i = 0; i < p.rows; ++i) {
        const std::int64_t levels = std::int64_t{1} << random.integer(1, 10);
        const int fraction = static_cast<int>(random.integer(-4, 10));
        fx::Interval in{-levels / 2, levels / 2 - 1, fraction};
        const auto kind = random.integer(0, 9);
        if (kind < 4) in = {0, levels - 1, fraction};
        if (kind == 4) in = {0, 0, fraction};
        if (kind == 5) in = {3 - levels, 3 - levels, fraction}; // constant
        if (kind == 6) in = {levels, 3 * levels, fraction};
        if (kind == 7) in = {-3 * levels, -levels, fraction};
        p.inputs.push_back(in);
    }
    if (random.chance(0.5)) {
        for (std::size_t i = 0; i < p.rows; ++i)
            p.arrival.push_back(static_cast<int>(random.integer(0, 6)));
    }
    if (random.chance(0.5)) {
        p.offset_fraction = static_cast<int>(random.integer(-2, 10));
        for (std::size_t j = 0; j < p.columns; ++j)
            p.offset.push_back(random.chance(0.3) ? 0 : random.integer(-500, 500));
    }
    return p;
}

} // namespace

TEST_CASE("every graph is the requested product within the requested depth", "[cmvm][fuzz]") {
    const std::uint64_t seed = 20261124;
    Random random(seed);
    for (int round = 0; round < 800; ++round) {
        INFO("seed " << seed << " round " << round);
        const Problem problem = any_problem(random);
        Options options;
        const auto slack = random.integer(-1, 3);
        options.slack = slack < 0 ? std::nullopt : std::optional<int>(static_cast<int>(slack));
        options.operands = random.chance(0.5) ? 2 : 3;
        options.effort = random.chance(0.5) ? Effort::fast : Effort::normal;
        options.seed = random.next();
        options.tables = random.chance(0.25);
        if (random.chance(0.1)) options.delay_slack = random.uniform(0.0, 3.0);
        const AdderGraph graph = solve(problem, options);
        REQUIRE(test::check(problem, graph, random) == "");
        if (options.slack) REQUIRE(cost(graph).depth <= min_depth(problem, options.operands) + *options.slack);
    }
}

TEST_CASE("dense and heterogeneous layers are solved exactly", "[cmvm][fuzz]") {
    const std::uint64_t seed = 7;
    Random random(seed);
    for (int round = 0; round < 12; ++round) {
        INFO("seed " << seed << " round " << round);
        const Problem problem =
            round % 2 == 0 ? test::dense(random, 16, 24, 8, 8) : test::heterogeneous(random, 32, 16, 0.6);
        for (const int operands : {2, 3}) {
            Options options;
            options.operands = operands;
            options.slack = round % 3;
            options.effort = round < 6 ? Effort::fast : Effort::normal;
            const AdderGraph graph = solve(problem, options);
            REQUIRE(test::check(problem, graph, random, 100) == "");
            REQUIRE(cost(graph).depth <= min_depth(problem, operands) + round % 3);
        }
    }
}

TEST_CASE("dense square matrices are exact with every way to solve them", "[cmvm][fuzz]") {
    const std::uint64_t seed = 20261128;
    Random random(seed);
    int round = 0;
    for (const int weight_bits : {4, 8}) {
        for (const int operands : {2, 3}) {
            for (const int slack : {0, 2}) {
                for (const bool tables : {false, true}) {
                    const auto size = static_cast<std::size_t>(random.integer(16, 32));
                    const int input_bits = tables ? 2 : weight_bits;
                    const bool in_time = size < 24;
                    INFO("seed " << seed << " round " << round << ": " << size << "x" << size << ", " << weight_bits
                                 << " bits, operands " << operands << ", slack " << slack << (tables ? ", tables" : "")
                                 << (in_time ? ", limited in time" : ""));
                    const Problem problem = test::dense(random, size, size, weight_bits, input_bits);
                    Options options;
                    options.operands = operands;
                    options.slack = slack;
                    options.tables = tables;
                    options.seed = random.next();
                    options.effort = ++round % 2 == 0 ? Effort::fast : Effort::normal;
                    const int deepest = min_depth(problem, operands) + slack;
                    AdderGraph graph = solve(problem, options);
                    REQUIRE(test::check(problem, graph, random) == "");
                    REQUIRE(cost(graph).depth <= deepest);
                    if (!in_time) continue;
                    options.effort = Effort::fast;
                    options.delay_slack = 1.5;
                    graph = solve(problem, options);
                    REQUIRE(test::check(problem, graph, random) == "");
                    REQUIRE(cost(graph).depth <= deepest);
                    const std::vector<double> delays = output_delays(graph, options.delay);
                    const double most = least_delay(problem, options) + *options.delay_slack;
                    REQUIRE(*std::max_element(delays.begin(), delays.end()) <= most + 1e-9);
                }
            }
        }
    }
}

TEST_CASE("matrices with entries of plus and minus one are solved exactly", "[cmvm][fuzz]") {
    Random random(11);
    for (int round = 0; round < 20; ++round) {
        INFO("round " << round);
        Problem problem = test::dense(random, 16, 16, 8, 6);
        for (std::int64_t& w : problem.matrix)
            w = random.chance(0.5) ? 1 : -1;
        Options options;
        options.slack = round % 2 == 0 ? std::nullopt : std::optional<int>(1);
        REQUIRE(test::check(problem, solve(problem, options), random) == "");
    }
}

TEST_CASE("the same problem and options give the same graph", "[cmvm]") {
    Random random(3);
    const Problem problem = test::heterogeneous(random, 24, 24, 0.5);
    for (const Effort effort : {Effort::fast, Effort::normal}) {
        Options options;
        options.effort = effort;
        options.slack = 1;
        const AdderGraph a = solve(problem, options), b = solve(problem, options);
        REQUIRE(a.nodes.size() == b.nodes.size());
        for (std::size_t i = 0; i < a.nodes.size(); ++i) {
            REQUIRE(a.nodes[i].operands == b.nodes[i].operands);
            REQUIRE(std::equal(a.nodes[i].in, a.nodes[i].in + 3, b.nodes[i].in));
        }
    }
}

TEST_CASE("wide weights and inputs up to the limit of codes are exact", "[cmvm][fuzz]") {
    const std::uint64_t seed = 5;
    Random random(seed);
    for (int round = 0; round < 60; ++round) {
        INFO("seed " << seed << " round " << round);
        const Problem problem = test::dense(random, 4, 4, 26, 30);
        Options options;
        options.operands = round % 2 == 0 ? 2 : 3;
        options.effort = Effort::fast;
        REQUIRE(test::check(problem, solve(problem, options), random) == "");
    }
}

} // namespace bitgrain::cmvm
