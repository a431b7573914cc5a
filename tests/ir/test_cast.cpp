#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using fx::Cast;
using fx::Overflow;
using fx::Round;
using ir::Builder;
using ir::Signal;

namespace {

const fx::Format u4{false, 4, 0}, s4_2{true, 3, 2};

std::size_t nodes(const Builder& builder) {
    return builder.netlist().nodes.size();
}
const Cast& cast_of(const Builder& builder, Signal signal) {
    const ir::Node& node = builder.netlist().nodes[signal.node];
    REQUIRE(node.op == ir::Op::cast);
    return builder.netlist().casts[node.payload];
}

} // namespace

TEST_CASE("a cast that changes nothing is no node", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", u4);
    const std::size_t n = nodes(b);
    for (const Overflow overflow : {Overflow::wrap, Overflow::sat, Overflow::sat_sym}) {
        CHECK(b.cast(x, {u4, Round::rnd, overflow}) == x);
        CHECK(b.cast(x, {{true, 4, 3}, Round::rnd_conv, overflow}) == x);
        CHECK(b.cast(Builder::shift(x, -2), {{false, 2, 2}, Round::trn, overflow}) == Builder::shift(x, -2));
        CHECK(b.cast(Builder::negate(x), {{true, 4, 0}, Round::trn, overflow}) == Builder::negate(x));
    }
    CHECK(nodes(b) == n);
}

TEST_CASE("casts on constants fold", "[ir][cast]") {
    Builder b("t");
    CHECK(b.cast(b.constant(2.625), {{false, 1, 2}, Round::rnd, Overflow::wrap}) == b.constant(0.75));
    CHECK(b.cast(b.constant(2.625), {{false, 1, 2}, Round::rnd_conv, Overflow::sat}) == b.constant(1.75));
    CHECK(b.cast(b.constant(-9.0), {{true, 3, 0}, Round::trn, Overflow::sat_sym}) == b.constant(-7.0));
}

TEST_CASE("a cast of width zero or with a constant result is a constant", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", u4);
    CHECK(b.cast(x, {{true, 3, -4}, Round::rnd, Overflow::sat}) == Builder::zero());
    CHECK(b.cast(x, {{false, -2, 1}, Round::rnd, Overflow::sat}) == Builder::zero());
    // Multiples of 4 modulo 4; everything saturated.
    CHECK(b.cast(Builder::shift(x, 2), {{false, 2, 5}, Round::trn, Overflow::wrap}) == Builder::zero());
    CHECK(b.cast(b.add(x, b.constant(7.5)), {{false, 2, 1}, Round::trn, Overflow::sat}) == b.constant(3.5));
    CHECK(b.cast(b.add(Builder::negate(x), b.constant(-1.0)), {{false, 2, 1}, Round::trn, Overflow::sat}) ==
          Builder::zero());
}

TEST_CASE("a cast that does the same in cheaper modes is made with those", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", s4_2);
    // No bits dropped: no rounding. Nothing overflows: no saturation, and no more integer bits than needed.
    CHECK(cast_of(b, b.cast(x, {{true, 1, 2}, Round::rnd, Overflow::sat})) ==
          Cast{{true, 1, 2}, Round::trn, Overflow::sat});
    CHECK(cast_of(b, b.cast(x, {{true, 7, 1}, Round::trn, Overflow::sat})) ==
          Cast{{true, 3, 1}, Round::trn, Overflow::wrap});
    CHECK(b.cast(x, {{true, 7, 1}, Round::trn, Overflow::sat}) ==
          b.cast(x, {{true, 5, 1}, Round::trn, Overflow::wrap}));
    // Fraction bits that the operand does not have.
    CHECK(cast_of(b, b.cast(x, {{true, 1, 6}, Round::trn, Overflow::wrap})) ==
          Cast{{true, 1, 2}, Round::trn, Overflow::wrap});
}

TEST_CASE("saturation forgets the bound that is out of reach", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4_2);
    for (const Overflow overflow : {Overflow::sat, Overflow::sat_sym}) {
        CHECK(cast_of(b, b.cast(x, {{true, 3, 0}, Round::trn, overflow})) ==
              Cast{{false, 3, 0}, Round::trn, Overflow::sat});
    }
    // y + 7 lies in [-1, 14.75]: a signed format of 3 integer bits clamps above only.
    const Signal shifted = b.add(y, b.constant(7.0));
    CHECK(cast_of(b, b.cast(shifted, {{true, 3, 2}, Round::trn, Overflow::sat_sym})).overflow == Overflow::sat);
    CHECK(cast_of(b, b.cast(y, {{false, 2, 2}, Round::trn, Overflow::sat_sym})).overflow == Overflow::sat);
    // The lower bound is reached: symmetric stays symmetric.
    CHECK(cast_of(b, b.cast(y, {{true, 2, 2}, Round::trn, Overflow::sat_sym})).overflow == Overflow::sat_sym);
}

TEST_CASE("saturation of a coarse operand at a bound on its grid stays coarse", "[ir][cast]") {
    Builder b("t");
    const Signal y = b.add(b.input("x", u4), b.constant(-15.0)); // [-15, 0]
    const Signal clamped = b.cast(y, {{true, 2, 3}, Round::rnd, Overflow::sat});
    CHECK(cast_of(b, clamped) == Cast{{true, 2, 0}, Round::trn, Overflow::sat});
    CHECK(b.interval(clamped) == fx::Interval{-4, 0, 0});
}

TEST_CASE("the shift of a cast's operand moves to the result", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", s4_2);
    const Signal plain = b.cast(x, {{true, 2, 0}, Round::rnd, Overflow::sat});
    const std::size_t n = nodes(b);
    CHECK(b.cast(Builder::shift(x, 5), {{true, 7, -5}, Round::rnd, Overflow::sat}) == Builder::shift(plain, 5));
    CHECK(nodes(b) == n);
    CHECK(b.interval(plain) == fx::Interval{-4, 3, 0});
}

TEST_CASE("a minus sign leaves a cast only when the cast is symmetric", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", s4_2);
    const Signal minus = Builder::negate(x);
    const auto stays = [&](const Cast& cast) {
        const Signal result = b.cast(minus, cast);
        return !result.negate && b.netlist().nodes[result.node].in[0].negate;
    };
    CHECK(stays({{true, 4, 0}, Round::trn, Overflow::wrap}));
    CHECK(stays({{true, 4, 0}, Round::rnd, Overflow::wrap}));
    CHECK(stays({{true, 2, 2}, Round::trn, Overflow::wrap}));
    CHECK(stays({{true, 2, 2}, Round::trn, Overflow::sat}));
    CHECK(stays({{true, 2, 0}, Round::rnd, Overflow::sat_sym}));

    const Cast even{{true, 4, 0}, Round::rnd_conv, Overflow::wrap};
    CHECK(b.cast(minus, even) == Builder::negate(b.cast(x, even)));
    const Cast clamp{{true, 2, 2}, Round::trn, Overflow::sat_sym};
    CHECK(b.cast(minus, clamp) == Builder::negate(b.cast(x, clamp)));
    const Cast both{{true, 2, 0}, Round::rnd_conv, Overflow::sat_sym};
    CHECK(b.cast(minus, both) == Builder::negate(b.cast(x, both)));
}

TEST_CASE("a wrap of a wrap reads the source", "[ir][cast]") {
    Builder b("t");
    const Signal x = b.input("x", {true, 7, 4});
    const Signal wrapped = b.cast(x, {{true, 4, 4}, Round::trn, Overflow::wrap});
    const Signal truncated = b.cast(x, {{true, 4, 2}, Round::trn, Overflow::wrap});
    const auto source = [&](Signal signal) { return b.netlist().nodes[signal.node].in[0]; };

    const Cast narrow{{false, 3, 4}, Round::trn, Overflow::wrap};
    CHECK(source(b.cast(wrapped, narrow)) == x);
    CHECK(source(b.cast(Builder::negate(wrapped), narrow)) == Builder::negate(x));
    const Cast round{{false, 3, 1}, Round::rnd_conv, Overflow::wrap};
    CHECK(source(b.cast(wrapped, round)) == x);
    CHECK(source(b.cast(truncated, {{false, 3, 0}, Round::trn, Overflow::wrap})) == x);
    // Not allowed: rounding or negation of what was truncated, saturation, a wider result.
    CHECK(source(b.cast(truncated, round)).node == truncated.node);
    CHECK(source(b.cast(Builder::negate(truncated), narrow)).node == truncated.node);
    CHECK(source(b.cast(wrapped, {{true, 3, 4}, Round::trn, Overflow::sat})).node == wrapped.node);
    CHECK(source(b.cast(wrapped, {{false, 6, 4}, Round::trn, Overflow::wrap})).node == wrapped.node);
}

TEST_CASE("an unsigned saturation of a ReLU clamps at zero by itself", "[ir][cast]") {
    Builder b("t");
    const Signal y = b.input("y", {true, 7, 4});
    const Signal relu = b.relu(y);
    for (const Round round : {Round::trn, Round::rnd, Round::rnd_conv}) {
        const Cast clamp{{false, 3, 1}, round, Overflow::sat};
        CHECK(b.cast(relu, clamp) == b.cast(y, clamp));
        CHECK(b.cast(Builder::shift(relu, 2), {{true, 5, -1}, round, Overflow::sat_sym}) ==
              b.cast(Builder::shift(y, 2), {{false, 5, -1}, round, Overflow::sat}));
    }
    const Cast wrap{{false, 3, 1}, Round::trn, Overflow::wrap};
    CHECK(b.netlist().nodes[b.cast(relu, wrap).node].in[0] == relu);
}
