#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"

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

TEST_CASE("a ReLU of what is never negative vanishes and of what is never positive is zero", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4);
    CHECK(b.relu(x) == x);
    CHECK(b.relu(Builder::negate(x)) == Builder::zero());
    CHECK(b.relu(b.constant(-2.0)) == Builder::zero());
    CHECK(b.relu(Builder::zero()) == Builder::zero());
    const Signal y = b.relu(b.input("y", s4));
    CHECK(b.relu(y) == y);
}

TEST_CASE("a ReLU keeps only the values above zero", "[ir][select]") {
    Builder b("t");
    const Signal y = b.input("y", s4);
    CHECK(b.interval(b.relu(y)) == fx::Interval{0, 7, 0});
    CHECK(b.interval(b.relu(Builder::negate(y))) == fx::Interval{0, 8, 0});
    CHECK(b.interval(b.select(y, Builder::negate(y), y)) == fx::Interval{0, 8, 0});
}

TEST_CASE("a select with a known sign or equal branches is one of its branches", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4), z = b.input("z", s4);
    const std::size_t n = nodes(b);
    CHECK(b.select(x, y, z) == z);
    CHECK(b.select(b.constant(-0.5), y, z) == y);
    CHECK(b.select(b.constant(0.5), y, z) == z);
    CHECK(b.select(Builder::zero(), y, z) == z);
    CHECK(b.select(z, y, y) == y);
    CHECK(nodes(b) == n + 1); // the constant 0.5
}

TEST_CASE("the shift of a sign signal does not matter", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    CHECK(b.select(Builder::shift(y, 3), x, Builder::zero()) == b.select(y, x, Builder::zero()));
}

TEST_CASE("the common shift and sign of branches move to the result", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4), s = b.input("s", s4);
    const Signal plain = b.select(s, x, Builder::shift(y, 1));
    CHECK(b.select(s, Builder::shift(x, 4), Builder::shift(y, 5)) == Builder::shift(plain, 4));
    CHECK(b.select(s, Builder::negate(x), Builder::negate(Builder::shift(y, 1))) == Builder::negate(plain));
    const Signal masked = b.select(s, x, Builder::zero());
    CHECK(b.select(s, Builder::negate(Builder::shift(x, -2)), Builder::zero()) ==
          Builder::negate(Builder::shift(masked, -2)));
    const Signal mixed = b.select(s, x, Builder::negate(y));
    CHECK_FALSE(mixed.negate);
    CHECK(b.select(s, Builder::negate(x), y) == Builder::negate(mixed));
}

TEST_CASE("a negated sign goes away when both branches vanish together with it", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    const Signal minus = Builder::negate(y);
    // max(-y, 0) = -min(y, 0); |-y| = |y|
    CHECK(b.relu(minus) == Builder::negate(b.select(y, y, Builder::zero())));
    CHECK(b.select(minus, y, minus) == b.select(y, minus, y));
    const Signal other = b.select(minus, x, Builder::zero());
    CHECK(b.netlist().nodes[other.node].in[0] == minus);
}

TEST_CASE("a select inside a select on the same sign is passed through", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4), z = b.input("z", s4), s = b.input("s", s4);
    const Signal inner = b.select(s, x, y);
    CHECK(b.select(s, Builder::shift(inner, 1), z) == b.select(s, Builder::shift(x, 1), z));
    CHECK(b.select(s, z, Builder::negate(inner)) == b.select(s, z, Builder::negate(y)));
}

TEST_CASE("a branch that has one value where it is taken is that constant", "[ir][select]") {
    Builder b("t");
    const Signal low = b.add(b.input("x", u4), b.constant(-15.0)); // [-15, 0]
    const Signal y = b.input("y", s4);
    CHECK(b.select(low, y, low) == b.select(low, y, Builder::zero()));
    const Signal high = b.add(b.input("z", u4), b.constant(-1.0)); // [-1, 14]
    CHECK(b.select(high, high, y) == b.select(high, b.constant(-1.0), y));
}

TEST_CASE("a maximum has the tight interval and folds when one side always wins", "[ir][select]") {
    Builder b("t");
    const Signal x = b.input("x", u4), y = b.input("y", s4);
    CHECK(b.interval(b.maximum(x, y)) == fx::Interval{0, 15, 0});
    CHECK(b.maximum(y, x) == b.maximum(x, y));
    CHECK(b.maximum(x, x) == x);
    CHECK(b.maximum(y, Builder::zero()) == b.relu(y));
    CHECK(b.maximum(y, b.constant(7.0)) == b.constant(7.0));
    CHECK(b.maximum(b.constant(-8.0), y) == y);
    // Multiples of one number: its sign decides, no subtraction is made.
    CHECK(b.maximum(Builder::shift(y, -2), y) == b.select(y, Builder::shift(y, -2), y));
    CHECK(b.maximum(y, Builder::shift(y, -2)) == b.maximum(Builder::shift(y, -2), y));
    const Signal minus = Builder::negate(y);
    CHECK(b.interval(b.maximum(minus, Builder::shift(minus, 1))) ==
          fx::maximum(b.interval(minus), b.interval(Builder::shift(minus, 1))));
}

TEST_CASE("the zero of a select does not refine its grid", "[ir][select]") {
    Builder b("t");
    const Signal y = b.input("y", {true, 7, -3});
    CHECK(b.interval(b.relu(y)) == fx::Interval{0, 15, -3});
}
