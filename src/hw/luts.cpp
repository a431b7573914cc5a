// Areas. Counts what a synthesiser without resource sharing makes: one LUT per bit of a carry chain except the top one,
// which is the last carry, one per bit of a multiplexer; wires and constants are free. Random dense layers of 190 and
// 620 adders came out of yosys synth_xilinx 1 to 7 % below this.
#include "hw/model.hpp"
#include "hw/structure.hpp"
#include "hw/table_cost.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::hw {

namespace {

/// AND or OR of that many bits.
double tree_luts(const Target& target, int bits) {
    return bits <= 1 ? 0.0 : std::ceil((bits - 1.0) / (target.lut_inputs - 1.0));
}

double negation_luts(const Operand& operand) {
    return operand.negate ? operand.width : 0.0;
}

double add_luts(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const AddStructure add = add_structure(netlist, node);
    // A third term shares the LUT of each bit where the fabric can; elsewhere it is a chain of its own.
    const double chains = add.terms > 2 && target.max_add_operands < 3 ? 2.0 : 1.0;
    return add.chain ? chains * std::max(add.chain_bits() - 1, 1) : 0.0;
}

double cast_luts(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const CastStructure cast = cast_structure(netlist, node);
    const int width = netlist.nodes[node].interval.width();
    double result = negation_luts(cast.operand);
    if (cast.round) result += (cast.clamp ? cast.rounded_width : width) + (cast.convergent ? 1.0 : 0.0);
    if (cast.clamp) {
        const int decision = cast.symmetric ? cast.rounded_width : cast.rounded_width - width + 1;
        result += tree_luts(target, decision) + width;
    }
    return result;
}

double select_luts(const Target& target, const ir::Netlist& netlist, const ir::Node& node) {
    const Operand sign = operand(netlist, node.in[0]);
    return (sign.negate ? tree_luts(target, sign.width) : 0.0) + negation_luts(operand(netlist, node.in[1])) +
           negation_luts(operand(netlist, node.in[2])) + node.interval.width();
}

double mul_luts(const ir::Netlist& netlist, const ir::Node& node) {
    const Operand a = operand(netlist, node.in[0]), b = operand(netlist, node.in[1]);
    // One row per bit of the narrower operand; a row is an adder whose LUTs also make the partial product.
    return a.width * static_cast<double>(b.width);
}

} // namespace

double luts(const Target& target, const ir::Netlist& netlist, ir::NodeId id) {
    if (is_constant(netlist, id)) return 0.0;
    const ir::Node& node = netlist.nodes[id];
    switch (node.op) {
    case ir::Op::input:
    case ir::Op::constant:
        return 0.0;
    case ir::Op::add:
        return add_luts(target, netlist, id);
    case ir::Op::cast:
        return cast_luts(target, netlist, id);
    case ir::Op::select:
        return select_luts(target, netlist, node);
    case ir::Op::table:
        return table_cost(target, netlist.tables[node.payload]).luts;
    case ir::Op::mul:
        return mul_luts(netlist, node);
    }
    return 0.0;
}

double output_luts(const ir::Netlist& netlist, const ir::Signal& signal) {
    return negation_luts(operand(netlist, signal));
}

} // namespace bitgrain::hw
