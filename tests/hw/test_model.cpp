#include "hw/model.hpp"
#include "hw/structure.hpp"
#include "hw/table_cost.hpp"
#include "ir/builder.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using fx::Overflow;
using fx::Round;

namespace {

/// Coefficients that tell terms apart: powers of two, so that sums are exact.
hw::Target plain_target() {
    hw::Target target;
    target.delay = {8.0, 16.0, 0.25, 1.0, 0.125, 32.0};
    return target;
}

struct One {
    ir::Netlist netlist;
    ir::NodeId node;
    double luts() const { return hw::luts(plain_target(), netlist, node); }
    double logic() const { return hw::logic_delay(plain_target(), netlist, node); }
};

/// A netlist whose last node is the one that `make` makes of two inputs.
template <class Make>
One one(const fx::Format& a, const fx::Format& b, const Make& make) {
    ir::Builder builder("one");
    const ir::Signal x = builder.input("x[0]", a), y = builder.input("x[1]", b);
    builder.output("y[0]", make(builder, x, y));
    ir::Netlist netlist = builder.finish();
    const auto last = static_cast<ir::NodeId>(netlist.nodes.size() - 1);
    return {std::move(netlist), last};
}

constexpr double chain(int bits) {
    return 8.0 + 16.0 + 0.25 * bits;
}

} // namespace

TEST_CASE("an adder costs a LUT and a carry step per bit from the coarser operand's lowest bit up, the top LUT spared",
          "[model]") {
    const auto sum = [](ir::Builder& b, ir::Signal x, ir::Signal y) { return b.add(x, y); };
    const One plain = one({false, 8, 0}, {false, 8, 0}, sum);
    CHECK(plain.luts() == 8.0);
    CHECK(plain.logic() == chain(9));
    CHECK(hw::delay(plain_target(), plain.netlist, plain.node, 4) == chain(9) + 1.0 + 0.125 * 2);

    const auto shifted = [](ir::Builder& b, ir::Signal x, ir::Signal y) { return b.add(x, ir::Builder::shift(y, 3)); };
    CHECK(one({false, 8, 0}, {false, 8, 0}, shifted).luts() == 5.0); // 12 bits: 3 pass through, 4 are carried on

    // The finer operand is subtracted: its low bits borrow, nothing passes through.
    const auto minus = [](ir::Builder& b, ir::Signal x, ir::Signal y) {
        return b.add(ir::Builder::shift(x, 3), ir::Builder::negate(y));
    };
    CHECK(one({false, 8, 0}, {false, 8, 0}, minus).luts() == 11.0);
}

TEST_CASE("an adder whose operands do not overlap is wires", "[model]") {
    const auto join = [](ir::Builder& b, ir::Signal x, ir::Signal y) { return b.add(x, ir::Builder::shift(y, 8)); };
    const One wires = one({false, 8, 0}, {true, 7, 0}, join);
    CHECK(hw::is_wiring(wires.netlist, wires.node));
    CHECK(wires.luts() == 0.0);
    CHECK(hw::delay(plain_target(), wires.netlist, wires.node, 50) == 0.0);
    // A signed low operand carries its sign into the high one.
    CHECK(one({true, 7, 0}, {true, 7, 0}, join).luts() > 0.0);
}

TEST_CASE("a third operand costs a chain, or a LUT level where the fabric adds three", "[model]") {
    const auto sum = [](ir::Builder& b, ir::Signal x, ir::Signal y) { return b.add(x, y, ir::Builder::shift(y, 2)); };
    const One three = one({false, 4, 0}, {false, 4, 0}, sum);
    hw::Target target = plain_target();
    const int bits = three.netlist.nodes[three.node].interval.width();
    // x + y: 4 bits; then, from the sum, the bits of 4 y: 4 of them, the carry above is on its own.
    CHECK(hw::luts(target, three.netlist, three.node) == 4.0 + 4.0);
    target.three_operand_adder = hw::ThreeOperandAdder::lut6_2_carry8;
    CHECK(hw::luts(target, three.netlist, three.node) == bits);
    // Two bits above the signed operands share one LUT.
    const auto apart = [](ir::Builder& b, ir::Signal x, ir::Signal y) {
        return b.add(x, y, b.input("z", {true, 3, 0}));
    };
    const One extended = one({true, 3, 0}, {true, 3, 0}, apart);
    CHECK(hw::luts(target, extended.netlist, extended.node) == 5.0);
    CHECK(extended.netlist.nodes[extended.node].interval.width() == 6);
    CHECK(three.logic() == chain(bits) + 8.0 + 1.0);
}

TEST_CASE("casts: picking bits is free, rounding is an increment, clamping a decision and a multiplexer", "[model]") {
    const auto cast_to = [](const fx::Cast& cast) {
        return [cast](ir::Builder& b, ir::Signal x, ir::Signal) { return b.cast(x, cast); };
    };
    const fx::Format in{true, 4, 4}, none{};
    const One pick = one(in, none, cast_to({{true, 2, 2}, Round::trn, Overflow::wrap}));
    CHECK(pick.luts() == 0.0);
    CHECK(pick.logic() == 0.0);
    const One round = one(in, none, cast_to({{true, 2, 2}, Round::rnd, Overflow::wrap}));
    CHECK(round.luts() == 1.0); // the carry runs on without LUTs
    CHECK(round.logic() == chain(5));
    const One even = one(in, none, cast_to({{true, 2, 2}, Round::rnd_conv, Overflow::wrap}));
    CHECK(even.luts() == 1.0 + 1.0);
    CHECK(even.logic() == 8.0 + 1.0 + chain(5));
    // 9 bits to 7: three high bits decide (one LUT), then one multiplexer per bit, driven by a net of fan-out 7.
    const One clamp = one(in, none, cast_to({{true, 2, 4}, Round::trn, Overflow::sat}));
    CHECK(clamp.luts() == 1.0 + 7.0);
    CHECK(clamp.logic() == 8.0 + hw::net_delay(plain_target(), 7) + 8.0);
}

TEST_CASE("selects cost a LUT per bit; a minus sign at a branch costs a chain", "[model]") {
    const One relu = one({true, 7, 0}, {}, [](ir::Builder& b, ir::Signal x, ir::Signal) { return b.relu(x); });
    CHECK(relu.luts() == 7.0);
    CHECK(relu.logic() == 8.0);
    const One absolute = one({true, 7, 0}, {}, [](ir::Builder& b, ir::Signal x, ir::Signal) {
        return b.select(x, ir::Builder::negate(x), x);
    });
    CHECK(absolute.luts() == 8.0 + 8.0);
    CHECK(absolute.logic() == chain(9) + 1.0 + 8.0);
}

TEST_CASE("a table costs what its output bits really depend on", "[model]") {
    ir::Table table;
    table.key = {0, 255, 0};
    for (int i = 0; i < 256; ++i)
        table.codes.push_back((i * 37 + 11) % 64);
    const hw::TableCost full = hw::table_cost(plain_target(), table);
    CHECK(full.inputs <= 8);
    // Bit 0 of (37 i + 11) mod 64 depends on bit 0 of i only: an inverter; bit 5 on six bits: one LUT.
    CHECK(full.inputs == 6);
    CHECK(full.luts == 5.0);
    for (int i = 0; i < 256; ++i)
        table.codes[static_cast<std::size_t>(i)] = i * i % 251;
    const hw::TableCost random = hw::table_cost(plain_target(), table);
    CHECK(random.inputs == 8);
    CHECK(random.luts == 8 * 4.0);
    CHECK(hw::table_levels(plain_target(), 1) == 0);
    CHECK(hw::table_levels(plain_target(), 8) == 1);
    CHECK(hw::table_levels(plain_target(), 9) == 2);
    CHECK(hw::table_levels(plain_target(), 12) == 3);
}

TEST_CASE("readers are counted through wires", "[model]") {
    ir::Builder builder("fanout");
    const ir::Signal x = builder.input("x[0]", {true, 7, 0});
    const ir::Signal low = builder.cast(x, {{false, 3, 0}, Round::trn, Overflow::wrap});
    builder.output("y[0]", builder.add(low, x));
    builder.output("y[1]", builder.add(low, ir::Builder::shift(x, 1)));
    builder.output("y[2]", low);
    const ir::Netlist netlist = builder.finish();
    const std::vector<int> readers = hw::fanouts(netlist);
    CHECK(readers[low.node] == 3);
    CHECK(readers[x.node] == 2 + 3);
}

TEST_CASE("a product costs a LUT per pair of bits and a tree of adders", "[model]") {
    const auto product = [](ir::Builder& b, ir::Signal x, ir::Signal y) { return b.mul(x, y); };
    const One mul = one({false, 8, 0}, {false, 4, 0}, product);
    CHECK(mul.luts() == 32.0);
    CHECK(mul.logic() == 2 * chain(12) + 1.0);
    CHECK(one({false, 8, 0}, {false, 1, 0}, product).logic() == 8.0);
}
