// Limits beside the common slack: levels per output, time by width; and the costs of other fabrics.
#include "base/error.hpp"
#include "problems.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

namespace {

/// Least depth of each output alone.
std::vector<int> least_depths(const Problem& problem, int operands) {
    std::vector<int> depths;
    for (std::size_t j = 0; j < problem.columns; ++j) {
        Problem one = problem;
        one.columns = 1;
        one.matrix.clear();
        for (std::size_t i = 0; i < problem.rows; ++i)
            one.matrix.push_back(problem.matrix[i * problem.columns + j]);
        depths.push_back(min_depth(one, operands));
    }
    return depths;
}

double latest(const AdderGraph& graph, const Options& options) {
    const std::vector<double> delays = output_delays(graph, options.delay);
    return *std::max_element(delays.begin(), delays.end());
}

} // namespace

TEST_CASE("every output keeps its own limit", "[cmvm][limits]") {
    const std::uint64_t seed = 31;
    Random random(seed);
    for (int round = 0; round < 60; ++round) {
        INFO("seed " << seed << " round " << round);
        Problem problem = round % 2 == 0 ? test::dense(random, 6, 8, 8, 4) : test::heterogeneous(random, 12, 6, 0.5);
        for (std::size_t i = 0; i < problem.rows; ++i)
            problem.arrival.push_back(static_cast<int>(random.integer(0, 3)));
        Options options;
        options.operands = round % 3 == 0 ? 3 : 2;
        options.effort = Effort::fast;
        options.tables = round % 4 == 1;
        options.slack = round % 5 == 0 ? std::nullopt : std::optional<int>(round % 3);
        problem.limits = least_depths(problem, options.operands);
        for (int& limit : problem.limits)
            limit += static_cast<int>(random.integer(0, 2));
        const AdderGraph graph = solve(problem, options);
        REQUIRE(test::check(problem, graph, random) == "");
        for (std::size_t j = 0; j < problem.columns; ++j) {
            const Output& output = graph.outputs[j];
            if (!output.zero) REQUIRE(graph.nodes[output.term.node].depth <= problem.limits[j]);
        }
    }
}

TEST_CASE("a limit that an output cannot keep is refused with the least one that it can", "[cmvm][limits]") {
    Random random(32);
    Problem problem = test::dense(random, 6, 3, 8, 8);
    problem.limits = least_depths(problem, 2);
    const std::string least = std::to_string(problem.limits[1]);
    problem.limits[1] -= 1;
    try {
        solve(problem, {});
        FAIL("an impossible limit was accepted");
    } catch (const Error& error) {
        REQUIRE(std::string(error.what()).find("output 1") != std::string::npos);
        REQUIRE(error.hint().find("the least possible is " + least) != std::string::npos);
    }
    problem.limits.pop_back();
    REQUIRE_THROWS_AS(solve(problem, {}), Error);
}

TEST_CASE("a limit in time is kept, and more time saves LUTs", "[cmvm][limits]") {
    const std::uint64_t seed = 33;
    Random random(seed);
    std::int64_t tight_bits = 0, loose_bits = 0;
    for (int round = 0; round < 12; ++round) {
        INFO("seed " << seed << " round " << round);
        const Problem problem =
            round % 2 == 0 ? test::dense(random, 8, 8, 8, 8) : test::heterogeneous(random, 16, 8, 0.5);
        Options options;
        options.operands = round % 3 == 0 ? 3 : 2;
        options.effort = Effort::fast;
        options.tables = round % 4 == 1;
        options.slack = std::nullopt;
        options.delay_slack = 0.0;
        const AdderGraph tight = solve(problem, options);
        REQUIRE(test::check(problem, tight, random) == "");
        const double least = least_delay(problem, options);
        REQUIRE(latest(tight, options) <= least + 1e-6);
        options.delay_slack = 2.0;
        const AdderGraph loose = solve(problem, options);
        REQUIRE(test::check(problem, loose, random) == "");
        REQUIRE(latest(loose, options) <= least + 2.0 + 1e-6);
        tight_bits += cost(tight).lut_bits;
        loose_bits += cost(loose).lut_bits;
    }
    REQUIRE(loose_bits < tight_bits);
}

TEST_CASE("a negative time is refused with the least known", "[cmvm][limits]") {
    Random random(34);
    const Problem problem = test::dense(random, 4, 4, 6, 6);
    Options options;
    options.delay_slack = -0.5;
    REQUIRE_THROWS_WITH(solve(problem, options), Catch::Contains("impossible"));
}

TEST_CASE("time by width is that of the slowest path", "[cmvm][limits]") {
    Problem p; // 8 bits each
    p.rows = 3;
    p.columns = 1;
    p.matrix = {1, 1, 1};
    p.inputs.assign(3, {0, 255, 0});
    p.arrival = {0, 0, 5};
    const AdderGraph graph = solve(p, {});
    const DelayModel model{1.0, 0.5, 2.0, 1.0};
    // x2 is added last: nine positions for 0 .. 510, which are ready half a unit after x2, then ten for 0 .. 765.
    REQUIRE(output_delays(graph, model).front() == (1.0 + 0.5 * 9) + (1.0 + 0.5 * 10));
}

TEST_CASE("costs are those of the fabric", "[cmvm][limits]") {
    Random random(35);
    const Problem problem = test::dense(random, 8, 8, 8, 8);
    Options options;
    options.effort = Effort::fast;
    options.slack = 2;
    LutCosts twice;
    twice.adder_bit = 2;
    const AdderGraph binary = solve(problem, options);
    REQUIRE(cost(binary, twice).lut_bits == 2 * cost(binary).lut_bits);
    // A third operand that costs as much as an adder of its own is used only where there is a hurry.
    options.operands = 3;
    options.costs.triple_bit = 2;
    const AdderGraph dear = solve(problem, options);
    REQUIRE(test::check(problem, dear, random) == "");
    options.costs = {};
    const AdderGraph cheap = solve(problem, options);
    const auto triples = [](const AdderGraph& graph) {
        return std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const Node& n) { return n.operands == 3; });
    };
    REQUIRE(triples(dear) < triples(cheap));
}

TEST_CASE("the solver looks for what its prices make cheap", "[cmvm][limits]") {
    const std::uint64_t seed = 37;
    Random random(seed);
    LutCosts prices; // a chain carries a lone bit on without a LUT
    prices.adder_bit = 108;
    prices.triple_bit = 99;
    prices.triple = prices.through_bit.emplace(0);
    prices.invert_bit = 72;
    for (const int operands : {2, 3}) {
        std::int64_t blind = 0, informed = 0;
        for (int round = 0; round < 6; ++round) {
            INFO("seed " << seed << " round " << round);
            const Problem problem = test::heterogeneous(random, 24, 12, 0.5);
            Options options;
            options.operands = operands;
            options.effort = Effort::fast;
            blind += cost(solve(problem, options), prices).lut_bits;
            options.costs = prices;
            const AdderGraph graph = solve(problem, options);
            REQUIRE(test::check(problem, graph, random) == "");
            informed += cost(graph, prices).lut_bits;
        }
        REQUIRE(informed < blind);
    }
}

TEST_CASE("high effort that is not stopped by time gives one graph", "[cmvm][limits]") {
    Random random(36);
    const Problem problem = test::dense(random, 2, 2, 5, 4);
    Options options;
    options.effort = Effort::high;
    options.seconds = 1e9;
    const AdderGraph a = solve(problem, options), b = solve(problem, options);
    REQUIRE(a.nodes.size() == b.nodes.size());
    for (std::size_t i = 0; i < a.nodes.size(); ++i)
        REQUIRE(std::equal(a.nodes[i].in, a.nodes[i].in + 3, b.nodes[i].in));
    REQUIRE(test::check(problem, a, random) == "");
}

} // namespace bitgrain::cmvm
