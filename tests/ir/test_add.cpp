#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/evaluate.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using ir::Builder;
using ir::Signal;

namespace {

const fx::Format u4{false, 4, 0}, s4{true, 3, 0};

std::size_t nodes(const Builder& builder) {
    return builder.netlist().nodes.size();
}

} // namespace

TEST_CASE("an add of equal operands in any order, shift or sign is one node", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    const Signal sum = b.add(x, Builder::shift(y, 2));
    const std::size_t n = nodes(b);
    CHECK(b.add(Builder::shift(y, 2), x) == sum);
    CHECK(b.add(Builder::shift(x, 3), Builder::shift(y, 5)) == Builder::shift(sum, 3));
    CHECK(b.add(Builder::shift(x, -4), Builder::shift(y, -2)) == Builder::shift(sum, -4));
    CHECK(b.add(Builder::negate(x), Builder::negate(Builder::shift(y, 2))) == Builder::negate(sum));
    CHECK(nodes(b) == n);
}

TEST_CASE("a difference and its negative are one node, in the sense that was asked for first", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    const Signal difference = b.add(y, Builder::negate(x));
    CHECK_FALSE(difference.negate);
    CHECK(b.add(x, Builder::negate(y)) == Builder::negate(difference));
    const ir::Node& node = b.netlist().nodes[difference.node];
    CHECK(node.in[0] == y);
    CHECK(node.in[1] == Builder::negate(x));
    CHECK(node.interval == fx::Interval{-8 - 15, 7, 0});
}

TEST_CASE("the smallest shift of an add is zero and its first operand positive", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    const Signal sum = b.add(Builder::negate(Builder::shift(x, 5)), Builder::negate(Builder::shift(y, 3)));
    CHECK(sum.shift == 3);
    CHECK(sum.negate);
    const ir::Node& node = b.netlist().nodes[sum.node];
    CHECK(node.in[0] == Builder::shift(x, 2));
    CHECK(node.in[1] == y);
}

TEST_CASE("zero operands of an add vanish", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), dead = b.input("dead", {false, 0, 0});
    const std::size_t n = nodes(b);
    CHECK(dead == Builder::zero());
    CHECK(b.add(x, Builder::zero()) == x);
    CHECK(b.add(dead, Builder::negate(x)) == Builder::negate(x));
    CHECK(b.add(dead, x, b.constant(0.0)) == x);
    CHECK(b.add(dead, Builder::zero()) == Builder::zero());
    CHECK(nodes(b) == n);
}

TEST_CASE("operands of one node merge into an edge", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    const std::size_t n = nodes(b);
    CHECK(b.add(x, x) == Builder::shift(x, 1));
    CHECK(b.add(x, Builder::negate(x)) == Builder::zero());
    CHECK(b.add(Builder::shift(x, 1), Builder::negate(x)) == x);
    CHECK(b.add(x, Builder::negate(Builder::shift(x, 1))) == Builder::negate(x));
    CHECK(b.add(x, x, Builder::shift(x, 1)) == Builder::shift(x, 2));
    CHECK(b.add(x, y, Builder::negate(x)) == y);
    CHECK(nodes(b) == n);
    CHECK(b.add(x, y, x) == b.add(y, Builder::shift(x, 1)));
    CHECK(nodes(b) == n + 1);
}

TEST_CASE("constants fold and several of them in one add merge", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4);
    CHECK(b.add(b.constant(1.5), b.constant(-0.25)) == b.constant(1.25));
    CHECK(b.add(b.constant(3.0), b.constant(-3.0)) == Builder::zero());
    const Signal sum = b.add(b.constant(1.0), x, b.constant(2.5));
    CHECK(sum == b.add(x, b.constant(3.5)));
    CHECK(b.netlist().nodes[sum.node].operands == 2);
    CHECK(b.add(b.constant(2.0), x, b.constant(-2.0)) == x);
}

TEST_CASE("constants that differ by sign and power of two are one odd node", "[ir][constant]") {
    Builder b("t");
    const Signal six = b.constant(6.0);
    CHECK(six.shift == 1);
    CHECK(b.constant(-0.75) == Signal{six.node, -2, true});
    CHECK(b.constant(3 * 1024, 10) == Signal{six.node, 0, false});
    CHECK(b.constant(0, 7) == Builder::zero());
    CHECK(nodes(b) == 2);
}

TEST_CASE("three operands make one add, in order of node", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", u4), z = b.input("z", u4);
    const Signal sum = b.add(Builder::negate(x), z, y);
    const ir::Node& node = b.netlist().nodes[sum.node];
    CHECK(node.operands == 3);
    CHECK(node.in[0] == y);
    CHECK(node.in[1] == z);
    CHECK(node.in[2] == Builder::negate(x));
    CHECK(node.interval == fx::Interval{-15, 30, 0});
}

TEST_CASE("an add lies on the finest grid of its operands", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", {true, 0, 3});
    const Signal sum = b.add(x, Builder::shift(y, 1));
    CHECK(b.interval(sum) == fx::Interval{-8, 60 + 7, 2});
}

TEST_CASE("a known interval is taken, whatever its grid", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", s4);
    // 4x - x = 3x: naive 4 * [-8, 7] - [-8, 7] = [-39, 36].
    const auto known_at = [&](int fraction) {
        Builder fresh("t");
        const Signal v = fresh.input("x", s4);
        const fx::Interval known{-24 * (1 << fraction), 21 * (1 << fraction), fraction};
        return fresh.interval(fresh.add(Builder::shift(v, 2), Builder::negate(v), known));
    };
    CHECK(b.interval(b.add(Builder::shift(x, 2), Builder::negate(x))) == fx::Interval{-39, 36, 0});
    CHECK(known_at(0) == fx::Interval{-24, 21, 0});
    CHECK(known_at(3) == fx::Interval{-24, 21, 0});
}

TEST_CASE("a known interval moves with the shift and sign of the sum", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", s4), y = b.input("y", s4);
    const Signal sum =
        b.add(Builder::negate(Builder::shift(x, 2)), Builder::negate(Builder::shift(y, 2)), fx::Interval{-1, 5, -2});
    CHECK(sum.negate);
    CHECK(b.interval(sum) == fx::Interval{-1, 5, -2});
    CHECK(b.netlist().nodes[sum.node].interval == fx::Interval{-5, 1, 0});
}

TEST_CASE("a sum known to be constant is that constant", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", s4), y = b.input("y", s4);
    CHECK(b.add(x, y, fx::Interval{3, 3, 1}) == b.constant(1.5));
    // Naive intervals that touch in one value leave only that one.
    CHECK(b.add(x, Builder::negate(y), fx::Interval{15, 20, 0}) == b.constant(15.0));
    CHECK_THROWS_AS(b.add(x, Builder::shift(y, 1), fx::Interval{100, 200, 0}), InternalError);
}

TEST_CASE("a sum of more than 62 bits is refused", "[ir][add]") {
    Builder b("t");
    const Signal x = b.input("x", u4);
    const Signal far = Builder::shift(b.input("y", u4), 58);
    CHECK_NOTHROW(b.add(x, far));
    CHECK_THROWS_AS(b.add(x, Builder::shift(far, 1)), InternalError);
}
