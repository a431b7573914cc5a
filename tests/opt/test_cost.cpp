#include "ir/builder.hpp"
#include "opt/cost.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using fx::Overflow;
using fx::Round;
using ir::Builder;
using ir::Signal;

namespace {

std::int64_t bits(const Builder& builder, Signal signal) {
    return opt::logic_bits(builder.netlist(), builder.netlist().nodes[signal.node]);
}

} // namespace

TEST_CASE("an adder is charged from its second-lowest operand to its top", "[opt][cost]") {
    Builder b("t");
    const Signal x = b.input("x", {false, 4, 0}), y = b.input("y", {false, 4, 0}), z = b.input("z", {true, 3, 0});
    CHECK(bits(b, b.add(x, y)) == 5);
    CHECK(bits(b, b.add(x, Builder::shift(y, 2))) == 5);                  // the two low bits of x pass by
    CHECK(bits(b, b.add(Builder::shift(y, 2), Builder::negate(x))) == 7); // unless they are borrowed from
    CHECK(bits(b, b.add(x, Builder::shift(y, 4))) == 0);                  // concatenation
    CHECK(bits(b, b.add(z, Builder::shift(y, 4))) == 5);                  // not of a signed low part
    CHECK(bits(b, b.add(x, y, Builder::shift(z, 1))) == 7 + 1);
}

TEST_CASE("wires cost nothing, rounding, clamping and negation do", "[opt][cost]") {
    Builder b("t");
    const Signal x = b.input("x", {true, 3, 4});
    const fx::Format narrow{true, 2, 2};
    CHECK(bits(b, b.cast(x, {narrow, Round::trn, Overflow::wrap})) == 0);
    CHECK(bits(b, b.cast(x, {narrow, Round::rnd, Overflow::wrap})) == 5);
    CHECK(bits(b, b.cast(x, {narrow, Round::rnd, Overflow::sat})) == 10);
    CHECK(bits(b, b.cast(Builder::negate(x), {narrow, Round::trn, Overflow::wrap})) == 9);
    CHECK(bits(b, b.relu(x)) == 7);
    CHECK(bits(b, b.select(x, Builder::negate(x), x)) == 8 + 9);
    CHECK(bits(b, b.mul(x, x)) == 64);
    CHECK(bits(b, b.table(x, {b.interval(x),
                              [] {
                                  std::vector<std::int64_t> codes(256, 1);
                                  codes[7] = 0;
                                  return codes;
                              }(),
                              0})) == 4);
}

TEST_CASE("a negated output and all results that are carried count", "[opt][cost]") {
    Builder b("t");
    const Signal x = b.input("x", {true, 3, 0}), y = b.input("y", {true, 3, 0});
    b.output("z", Builder::negate(b.cast(b.add(x, y), {{true, 2, 0}, Round::trn, Overflow::wrap})));
    const ir::Netlist netlist = b.finish();
    CHECK(opt::cost(netlist).logic == 5 + 4);
    CHECK(opt::cost(netlist).wires == 4 + 4 + 5);
}
