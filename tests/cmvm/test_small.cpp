// Cases small enough to check by hand, and what is refused.
#include "base/error.hpp"
#include "problems.hpp"

#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

namespace {

constexpr fx::Interval byte{-128, 127, 0};

Problem column(std::vector<std::int64_t> weights, fx::Interval input = byte) {
    Problem p;
    p.rows = weights.size();
    p.columns = 1;
    p.inputs.assign(p.rows, input);
    p.matrix = std::move(weights);
    return p;
}

Problem row(std::vector<std::int64_t> weights, fx::Interval input = byte) {
    Problem p = column(std::move(weights), input);
    std::swap(p.rows, p.columns);
    p.inputs.resize(1);
    return p;
}

Cost solved_cost(const Problem& problem, const Options& options = {}) {
    Random random(1);
    const AdderGraph graph = solve(problem, options);
    REQUIRE(test::check(problem, graph, random) == "");
    return cost(graph);
}

} // namespace

TEST_CASE("a weight that is a power of two is a wire", "[cmvm]") {
    for (const std::int64_t weight : {1, 4, -8}) {
        const Problem p = column({weight});
        const AdderGraph graph = solve(p, {});
        prove(graph, p);
        REQUIRE(graph.nodes.size() == 1);
        REQUIRE(cost(graph).adders == 0);
        REQUIRE(graph.outputs[0].term.negate == (weight < 0));
    }
}

TEST_CASE("two bytes are added with eight LUTs and the growth bit", "[cmvm]") {
    // -256 .. 254 has nine bits; both operands start at position 0.
    REQUIRE(solved_cost(column({1, 1})).lut_bits == 9);
    // The low three bits are wires: positions 3 .. 11.
    REQUIRE(solved_cost(column({1, 8})).lut_bits == 9);
}

TEST_CASE("the finer operand is never subtracted inside a sum, but an output keeps its sign", "[cmvm]") {
    // 8y - x as an output: the borrow of x runs through the low positions, 12 in all; x - 8y would take 9.
    const Problem p = column({-1, 8});
    const AdderGraph graph = solve(p, {});
    prove(graph, p);
    REQUIRE_FALSE(graph.outputs[0].term.negate);
    REQUIRE(cost(graph).lut_bits == 12);
}

TEST_CASE("values that do not overlap are concatenated for nothing", "[cmvm]") {
    const Problem p = column({1, 16}, {0, 15, 0});
    const Cost c = solved_cost(p);
    REQUIRE(c.adders == 0);
    REQUIRE(c.lut_bits == 0);
    REQUIRE(c.depth == 0);
}

TEST_CASE("ranges of nodes are exact over independent inputs", "[cmvm]") {
    // 3x as 4x - x: the interval sum would be 7x wide.
    const Problem p = column({3}, {0, 100, 2});
    const AdderGraph graph = solve(p, {});
    REQUIRE(graph.nodes.back().interval == fx::Interval{0, 300, 2});
}

TEST_CASE("a shared pair is made once", "[cmvm]") {
    // x + y in three outputs: 1 + 2 adders instead of 5.
    Problem p;
    p.rows = 4;
    p.columns = 3;
    p.matrix = {1, 1, 1, 1, 1, 1, 0, 1, 0, 0, 0, 1};
    p.inputs.assign(4, byte);
    Options options;
    options.slack = 0;
    REQUIRE(solved_cost(p, options).adders == 3);
}

TEST_CASE("multiples of one input are shared", "[cmvm]") {
    // 5x, 45x = 9 * 5x: two adders when depth allows, and 10x, -5x are wires.
    Options options;
    options.slack = 1;
    REQUIRE(solved_cost(row({5, 45, 10, -5}), options).adders <= 3);
    REQUIRE(solved_cost(row({5, 10, -5, 80}), options).adders == 1);
}

TEST_CASE("equal, negated and shifted columns cost nothing more", "[cmvm]") {
    Random random(2);
    const Problem one = test::dense(random, 6, 1, 8, 8);
    Problem four = one;
    four.columns = 4;
    four.matrix.clear();
    for (const std::int64_t w : one.matrix)
        four.matrix.insert(four.matrix.end(), {w, 4 * w, w, -2 * w});
    REQUIRE(solved_cost(four).lut_bits == solved_cost(one).lut_bits);
}

TEST_CASE("a three-operand adder replaces two where allowed", "[cmvm]") {
    Options options;
    options.operands = 3;
    const Cost c = solved_cost(column({1, 1, 1}), options);
    REQUIRE(c.adders == 1);
    REQUIRE(c.depth == 1);
    REQUIRE(c.lut_bits == 11); // -384 .. 381: ten bits, and one LUT
}

TEST_CASE("constant inputs and offsets become one constant term", "[cmvm]") {
    Problem p = column({3, 5, 7});
    p.inputs[0] = {4, 4, 0};
    p.inputs[2] = {0, 0, 0};
    p.offset = {-12}; // cancels 3 * 4
    REQUIRE(solved_cost(p).adders == 1);
    p.offset = {100};
    p.offset_fraction = 3;
    REQUIRE(solved_cost(p).adders == 2);
}

TEST_CASE("outputs without inputs are zero or a constant", "[cmvm]") {
    Problem p;
    p.rows = 1;
    p.columns = 2;
    p.matrix = {0, 0};
    p.inputs = {byte};
    p.offset = {0, -20};
    p.offset_fraction = 2;
    const AdderGraph graph = solve(p, {});
    prove(graph, p);
    REQUIRE(graph.outputs[0].zero);
    REQUIRE_FALSE(graph.outputs[1].zero);
    std::vector<int> fractions;
    const std::vector<std::int64_t> y = evaluate(graph, std::vector<std::int64_t>{17}, &fractions);
    REQUIRE(test::equal({y[1], fractions[1]}, {-20, 2}));
}

TEST_CASE("a problem without columns or rows has an empty graph", "[cmvm]") {
    Problem p;
    REQUIRE(solve(p, {}).outputs.empty());
    p.columns = 3;
    const AdderGraph graph = solve(p, {});
    prove(graph, p);
    REQUIRE(graph.outputs.size() == 3);
    REQUIRE(min_depth(p) == 0);
}

TEST_CASE("the least depth is that of the unshared tree over arrivals", "[cmvm]") {
    REQUIRE(min_depth(column({1, 1, 1})) == 2);
    REQUIRE(min_depth(column({1, 1, 1}), 3) == 1);
    REQUIRE(min_depth(column({7})) == 1);
    Problem p = column({1, 1, 1, 1, 1});
    p.arrival = {2, 0, 0, 0, 0}; // four early terms are ready as one at depth 2
    REQUIRE(min_depth(p) == 3);
    p.offset = {1};
    REQUIRE(min_depth(p) == 4);
}

TEST_CASE("a depth that cannot be is refused with the least one that can", "[cmvm]") {
    Options options;
    options.slack = -1;
    try {
        solve(column({1, 1, 1}), options);
        FAIL("not refused");
    } catch (const Error& error) {
        REQUIRE(error.hint() == "the least possible is 2 (slack 0)");
    }
}

TEST_CASE("malformed problems are refused", "[cmvm]") {
    Problem p = column({1, 2});
    p.inputs.pop_back();
    REQUIRE_THROWS_AS(solve(p, {}), Error);
    p = column({1, 2});
    p.matrix.push_back(1);
    REQUIRE_THROWS_AS(solve(p, {}), Error);
    p = column({1});
    p.inputs[0] = {1, 0, 0};
    REQUIRE_THROWS_AS(solve(p, {}), Error);
    p = column({1});
    p.arrival = {0, 0};
    REQUIRE_THROWS_AS(solve(p, {}), Error);
    Options options;
    options.operands = 4;
    REQUIRE_THROWS_AS(solve(column({1}), options), Error);
}

TEST_CASE("sums that do not fit 62 bits are refused", "[cmvm]") {
    REQUIRE_THROWS_AS(solve(column({std::int64_t{1} << 40, 1}, {0, std::int64_t{1} << 30, 0}), {}), Error);
    Problem p = column({1, 1});
    p.inputs[1].fraction = 70; // grids too far apart
    REQUIRE_THROWS_AS(solve(p, {}), Error);
}

TEST_CASE("a wrong graph is not proven", "[cmvm]") {
    const Problem p = column({3, 5});
    AdderGraph graph = solve(p, {});
    prove(graph, p);
    AdderGraph wrong = graph;
    wrong.outputs[0].term.shift += 1;
    REQUIRE_THROWS_AS(prove(wrong, p), InternalError);
    wrong = graph;
    wrong.nodes.back().interval.hi += 1;
    REQUIRE_THROWS_AS(prove(wrong, p), InternalError);
    wrong = graph;
    wrong.nodes.back().in[0].negate = !wrong.nodes.back().in[0].negate;
    REQUIRE_THROWS_AS(prove(wrong, p), InternalError);
}

} // namespace bitgrain::cmvm
