#include "base/error.hpp"
#include "ir/builder.hpp"
#include "ir/evaluate.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using ir::Builder;
using ir::Netlist;
using ir::Signal;

namespace {

Netlist two_inputs() {
    Builder b("t");
    const Signal x = b.input("x[0]", {false, 4, 0}), y = b.input("x[1]", {true, 2, 1});
    b.output("sum", b.add(x, Builder::shift(y, 1)));
    b.output("difference", Builder::negate(Builder::shift(b.relu(b.add(x, Builder::negate(y))), 3)));
    return b.finish();
}

} // namespace

TEST_CASE("evaluation returns codes on the grid of each output", "[ir][evaluate]") {
    const Netlist netlist = two_inputs();
    const std::vector<std::int64_t> inputs = {15, -8, 0, 7, 3, 2};
    const std::vector<std::int64_t> expected = {7, -(30 + 8), 7, 0, 5, -(6 - 2)};
    CHECK(ir::evaluate(netlist, inputs, 3) == expected);
    CHECK(ir::output_format(netlist, 0) == fx::Format{true, 5, 0}); // [0, 15] + [-8, 7]
    CHECK(ir::output_format(netlist, 1) == fx::Format{true, 8, -2});
}

TEST_CASE("the rows of a batch do not influence each other", "[ir][evaluate]") {
    const Netlist netlist = test::random_netlist(17);
    const std::size_t rows = 200, width = netlist.inputs.size(), outputs = netlist.outputs.size();
    const auto inputs = test::random_inputs(netlist, rows, 17);
    const auto all = ir::evaluate(netlist, inputs, rows);
    for (std::size_t row = 0; row < rows; ++row) {
        const std::span<const std::int64_t> one(inputs.data() + row * width, width);
        const auto result = ir::evaluate(netlist, one, 1);
        const auto begin = all.begin() + static_cast<std::ptrdiff_t>(row * outputs);
        REQUIRE(result == std::vector<std::int64_t>(begin, begin + static_cast<std::ptrdiff_t>(outputs)));
    }
}

TEST_CASE("inputs outside their formats are refused with row and input", "[ir][evaluate]") {
    const Netlist netlist = two_inputs();
    std::vector<std::int64_t> inputs(2 * 100, 0);
    inputs[2 * 77 + 1] = 8;
    CHECK_THROWS_AS(ir::evaluate(netlist, inputs, 100), Error);
    CHECK_THROWS_WITH(ir::evaluate(netlist, inputs, 100),
                      Catch::Contains("row 77") && Catch::Contains("x[1]") && Catch::Contains("s2.1"));
    inputs[2 * 77 + 1] = 7;
    CHECK_NOTHROW(ir::evaluate(netlist, inputs, 100));
}

TEST_CASE("inputs that nothing reads must be legal too", "[ir][evaluate]") {
    Builder b("t");
    b.input("x", {false, 0, 0});
    b.input("y", {false, 2, 0});
    b.output("z", b.constant(1.5));
    const Netlist netlist = b.finish();
    CHECK(ir::evaluate(netlist, std::vector<std::int64_t>{0, 3}, 1) == std::vector<std::int64_t>{3});
    CHECK_THROWS_AS(ir::evaluate(netlist, std::vector<std::int64_t>{1, 3}, 1), Error);
    CHECK_THROWS_AS(ir::evaluate(netlist, std::vector<std::int64_t>{0, 4}, 1), Error);
}

TEST_CASE("a netlist without rows, inputs or outputs is evaluated to nothing", "[ir][evaluate]") {
    CHECK(ir::evaluate(two_inputs(), {}, 0).empty());
    Builder constant_only("t");
    constant_only.output("y", constant_only.constant(-2.5));
    CHECK(ir::evaluate(constant_only.finish(), {}, 2) == std::vector<std::int64_t>{-5, -5});
    CHECK(ir::evaluate(Builder("t").finish(), {}, 3).empty());
}

TEST_CASE("a trace holds the codes of the nodes that are asked for, row by row", "[ir][evaluate]") {
    const Netlist netlist = two_inputs();
    const std::vector<ir::NodeId> all{0, 1, 2, 3, 4, 5};
    REQUIRE(all.size() == netlist.nodes.size());
    CHECK(ir::trace(netlist, all, std::vector<std::int64_t>{3, -5}, 1) ==
          std::vector<std::int64_t>{0, 3, -5, 3 - 5, 6 + 5, 6 + 5});
    CHECK(ir::trace(netlist, std::vector<ir::NodeId>{3, 1}, std::vector<std::int64_t>{3, -5, 2, 1}, 2) ==
          std::vector<std::int64_t>{3 - 5, 3, 2 + 1, 2});
}

TEST_CASE("an interval that is not true is found while evaluating", "[ir][evaluate]") {
    Builder b("t");
    const Signal x = b.input("x", {false, 4, 0}), y = b.input("y", {false, 4, 0});
    b.output("sum", b.add(x, y, fx::Interval{0, 20, 0}));
    const Netlist netlist = b.finish();
    CHECK_NOTHROW(ir::evaluate(netlist, std::vector<std::int64_t>{10, 10}, 1));
    CHECK_THROWS_AS(ir::evaluate(netlist, std::vector<std::int64_t>{10, 11}, 1), InternalError);
}
