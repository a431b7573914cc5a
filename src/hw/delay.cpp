// Delays. The model is a sum of LUT levels, carry chains and nets; its coefficients come from the target's file. An
// adder counts from its slowest bit to its slowest bit, so chains of adders, whose carries overlap in reality, are
// over-estimated rather than under-estimated.
#include "hw/model.hpp"
#include "hw/structure.hpp"
#include "hw/table_cost.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::hw {

namespace {

double chain_delay(const Delay& d, int bits) {
    return bits <= 0 ? 0.0 : d.lut + d.carry_start + d.carry_per_bit * bits;
}

/// LUTs in a row; the net after the last one not included.
double levels_delay(const Target& target, int levels) {
    return levels <= 0 ? 0.0 : levels * target.delay.lut + (levels - 1) * net_delay(target, 1);
}

/// AND or OR of that many bits as a tree of LUTs.
double tree_delay(const Target& target, int bits) {
    if (bits <= 1) return 0.0;
    return levels_delay(target, static_cast<int>(std::ceil(std::log2(bits) / std::log2(target.lut_inputs) - 1e-9)));
}

double add_delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const AddStructure add = add_structure(netlist, node);
    if (!add.chain) return 0.0;
    // Three terms: one level of 3:2 compressors before the chain.
    const double compress = add.terms > 2 ? target.delay.lut + net_delay(target, 1) : 0.0;
    return compress + chain_delay(target.delay, add.chain_bits());
}

/// A negated operand of a cast or a select, which cannot subtract.
double negation_delay(const Target& target, const Operand& operand) {
    if (!operand.negate) return 0.0;
    return chain_delay(target.delay, operand.width + 1) + net_delay(target, 1);
}

double cast_delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const CastStructure cast = cast_structure(netlist, node);
    const int width = netlist.nodes[node].interval.width();
    double result = negation_delay(target, cast.operand);
    if (cast.round) {
        if (cast.convergent) result += target.delay.lut + net_delay(target, 1);
        result += chain_delay(target.delay, cast.clamp ? cast.rounded_width : width);
    }
    if (cast.clamp) {
        if (cast.round) result += net_delay(target, 1);
        const int decision = cast.symmetric ? cast.rounded_width : cast.rounded_width - width + 1;
        result += tree_delay(target, decision) + net_delay(target, width) + target.delay.lut;
    }
    return result;
}

double select_delay(const Target& target, const ir::Netlist& netlist, const ir::Node& node) {
    const Operand sign = operand(netlist, node.in[0]);
    // "-v < 0" is "v > 0": no negation, but all bits are looked at.
    const double decision = sign.negate ? tree_delay(target, sign.width) + net_delay(target, 1) : 0.0;
    const double branches = std::max(negation_delay(target, operand(netlist, node.in[1])),
                                     negation_delay(target, operand(netlist, node.in[2])));
    return std::max(decision, branches) + target.delay.lut;
}

double mul_delay(const Target& target, const ir::Netlist& netlist, const ir::Node& node) {
    const Operand a = operand(netlist, node.in[0]), b = operand(netlist, node.in[1]);
    const int rows = std::min(a.width, b.width);
    if (rows <= 1) return target.delay.lut;
    // A tree of adders over the partial products; the first level makes them in its own LUTs.
    const int levels = static_cast<int>(std::ceil(std::log2(rows)));
    return levels * chain_delay(target.delay, a.width + b.width) + (levels - 1) * net_delay(target, 1);
}

} // namespace

double net_delay(const Target& target, int fanout) {
    return target.delay.net + target.delay.net_per_fanout * std::log2(std::max(fanout, 1));
}

double logic_delay(const Target& target, const ir::Netlist& netlist, ir::NodeId id) {
    if (is_constant(netlist, id)) return 0.0;
    const ir::Node& node = netlist.nodes[id];
    switch (node.op) {
    case ir::Op::input:
    case ir::Op::constant:
        return 0.0;
    case ir::Op::add:
        return add_delay(target, netlist, id);
    case ir::Op::cast:
        return cast_delay(target, netlist, id);
    case ir::Op::select:
        return select_delay(target, netlist, node);
    case ir::Op::table:
        return levels_delay(target, table_levels(target, table_cost(target, netlist.tables[node.payload]).inputs));
    case ir::Op::mul:
        return mul_delay(target, netlist, node);
    }
    return 0.0;
}

double delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node, int fanout) {
    const ir::Op op = netlist.nodes[node].op;
    if (op == ir::Op::input || is_constant(netlist, node) || is_wiring(netlist, node)) return 0.0;
    return logic_delay(target, netlist, node) + net_delay(target, fanout);
}

double output_delay(const Target& target, const ir::Netlist& netlist, const ir::Signal& signal) {
    const Operand value = operand(netlist, signal);
    return value.negate ? chain_delay(target.delay, value.width + 1) : 0.0;
}

std::vector<int> fanouts(const ir::Netlist& netlist) {
    std::vector<int> readers(netlist.nodes.size(), 0);
    const std::vector<bool> needed = live(netlist);
    for (const ir::Output& output : netlist.outputs)
        ++readers[output.signal.node];
    for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
        if (!needed[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const int load = is_wiring(netlist, id) ? readers[i] : 1;
        for_each_read(netlist, id, [&](const ir::Signal& signal) { readers[signal.node] += load; });
    }
    return readers;
}

} // namespace bitgrain::hw
