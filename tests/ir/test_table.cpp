#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using ir::Builder;
using ir::Signal;
using ir::Table;

namespace {

const fx::Format u2{false, 2, 0}, s3{true, 2, 0};

const Table& table_of(const Builder& builder, Signal signal) {
    const ir::Node& node = builder.netlist().nodes[signal.node];
    REQUIRE(node.op == ir::Op::table);
    return builder.netlist().tables[node.payload];
}

} // namespace

TEST_CASE("a table is cut to what its operand can reach", "[ir][table]") {
    Builder b("t");
    const Signal x = b.input("x", u2);
    const Signal y = b.table(x, {{-2, 5, 0}, {90, 91, 3, 1, 4, 1, 92, 93}, 1});
    CHECK(table_of(b, y) == Table{{0, 3, 0}, {3, 1, 4, 1}, 0});
    CHECK(b.interval(y) == fx::Interval{1, 4, 1});
}

TEST_CASE("a table is addressed by the node, whatever the edge", "[ir][table]") {
    Builder b("t");
    const Signal x = b.input("x", u2);
    const Signal plain = b.table(x, {{0, 3, 0}, {3, 1, 4, 1}, 0});
    CHECK(b.table(Builder::negate(x), {{-3, 0, 0}, {1, 4, 1, 3}, 0}) == plain);
    CHECK(b.table(Builder::shift(x, -2), {{0, 3, 2}, {3, 1, 4, 1}, 0}) == plain);
    // A key on a finer grid: entries between the reachable codes are skipped.
    CHECK(b.table(x, {{0, 7, 1}, {3, 70, 1, 71, 4, 72, 1, 73}, 0}) == plain);
    CHECK(b.netlist().tables.size() == 1);
}

TEST_CASE("the common power of two of a table's entries moves to the result", "[ir][table]") {
    Builder b("t");
    const Signal x = b.input("x", u2);
    const Signal plain = b.table(x, {{0, 3, 0}, {3, 1, -4, 1}, 0});
    CHECK(b.table(x, {{0, 3, 0}, {24, 8, -32, 8}, 5}) == Builder::shift(plain, -2));
}

TEST_CASE("equal contents are stored once", "[ir][table]") {
    Builder b("t");
    const Signal x = b.input("x", u2), y = b.input("y", u2);
    const Table table{{0, 3, 0}, {3, 1, 4, 1}, 2};
    CHECK(b.table(x, table).node != b.table(y, table).node);
    CHECK(b.netlist().tables.size() == 1);
}

TEST_CASE("a table of a constant, of equal entries or of the identity is no table", "[ir][table]") {
    Builder b("t");
    const Signal y = b.input("y", s3);
    CHECK(b.table(b.constant(-1.0), {{-2, 1, 0}, {5, 6, 7, 8}, 1}) == b.constant(3.0));
    CHECK(b.table(Builder::zero(), {{-2, 1, 0}, {5, 6, 7, 8}, 1}) == b.constant(3.5));
    CHECK(b.table(y, {{-4, 3, 0}, std::vector<std::int64_t>(8, 5), 2}) == b.constant(1.25));
    CHECK(b.table(y, {{-4, 3, 0}, {-8, -6, -4, -2, 0, 2, 4, 6}, 3}) == Builder::shift(y, -2));
    CHECK(b.table(y, {{-4, 3, 0}, {4, 3, 2, 1, 0, -1, -2, -3}, 0}) == Builder::negate(y));
    CHECK(b.netlist().tables.empty());
}

TEST_CASE("a table that does not fit its operand is refused", "[ir][table]") {
    Builder b("t");
    const Signal y = b.input("y", s3);
    CHECK_THROWS_AS(b.table(y, {{0, 3, 0}, {1, 2, 3, 4}, 0}), InternalError);
    CHECK_THROWS_AS(b.table(y, {{-4, 3, 0}, {1, 2, 3}, 0}), InternalError);
    CHECK_THROWS_AS(b.table(y, {{-2, 1, -1}, {1, 2, 3, 4}, 0}), InternalError);
}

TEST_CASE("products with zero, constants and powers of two fold", "[ir][mul]") {
    Builder b("t");
    const Signal x = b.input("x", s3), y = b.input("y", s3);
    CHECK(b.mul(x, Builder::zero()) == Builder::zero());
    CHECK(b.mul(b.constant(1.5), b.constant(-3.0)) == b.constant(-4.5));
    CHECK(b.mul(x, b.constant(-8.0)) == Signal{x.node, 3, true});
    CHECK(b.mul(b.constant(0.25), Builder::negate(x)) == Signal{x.node, -2, true});
    CHECK(b.netlist().nodes[b.mul(x, b.constant(3.0)).node].op == ir::Op::mul);
    CHECK(b.mul(y, Builder::negate(x)) == Builder::negate(b.mul(x, y)));
    CHECK(b.mul(Builder::shift(x, 2), Builder::shift(y, -5)) == Builder::shift(b.mul(x, y), -3));
}

TEST_CASE("a square is never negative", "[ir][mul]") {
    Builder b("t");
    const Signal x = b.input("x", s3);
    CHECK(b.interval(b.mul(x, x)) == fx::Interval{0, 16, 0});
    CHECK(b.interval(b.mul(x, Builder::negate(x))) == fx::Interval{-16, 0, 0});
    const Signal low =
        b.cast(b.add(x, b.constant(-4.0)), {{true, 4, 0}, fx::Round::trn, fx::Overflow::wrap}); // [-8, -1]
    CHECK(b.interval(b.mul(low, low)) == fx::Interval{1, 64, 0});
}
