#include "opt/cost.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>
#include <vector>

namespace bitgrain::opt {

namespace {

struct Operand {
    int low; ///< position of the lowest bit
    int high;
    bool negate;
    bool is_signed;
};

std::int64_t add_bits(const ir::Netlist& netlist, const ir::Node& node) {
    std::vector<Operand> operands;
    for (std::size_t i = 0; i < node.operands; ++i) {
        ir::Signal magnitude = node.in[i];
        magnitude.negate = false;
        const fx::Interval interval = ir::interval(netlist, magnitude);
        operands.push_back({-interval.fraction, top(interval), node.in[i].negate, interval.is_signed()});
    }
    std::stable_sort(operands.begin(), operands.end(),
                     [](const Operand& a, const Operand& b) { return a.low < b.low; });
    const Operand &lowest = operands[0], &second = operands[1];
    const bool three = node.operands == 3;
    if (!three && !lowest.negate && !second.negate && !lowest.is_signed && lowest.high <= second.low) return 0;
    const int start = lowest.negate ? lowest.low : second.low;
    return std::max(1, top(node.interval) - start + (three ? 1 : 0));
}

std::int64_t negation_bits(const ir::Netlist& netlist, const ir::Signal& signal) {
    return signal.negate ? ir::interval(netlist, signal).width() : 0;
}

} // namespace

int top(const fx::Interval& interval) {
    return interval.width() - interval.fraction;
}

std::int64_t logic_bits(const ir::Netlist& netlist, const ir::Node& node) {
    const std::int64_t width = node.interval.width();
    switch (node.op) {
    case ir::Op::input:
    case ir::Op::constant:
        return 0;
    case ir::Op::add:
        return add_bits(netlist, node);
    case ir::Op::cast: {
        const fx::Cast& cast = netlist.casts[node.payload];
        const int steps = (cast.round == fx::Round::trn ? 0 : 1) + (cast.overflow == fx::Overflow::wrap ? 0 : 1);
        return width * steps + negation_bits(netlist, node.in[0]);
    }
    case ir::Op::select:
        return width + negation_bits(netlist, node.in[0]) + negation_bits(netlist, node.in[1]) +
               negation_bits(netlist, node.in[2]);
    case ir::Op::table: {
        const int address = ir::interval(netlist, node.in[0]).width();
        return fx::shift_left(width, std::max(0, address - 6));
    }
    case ir::Op::mul:
        return static_cast<std::int64_t>(ir::interval(netlist, node.in[0]).width()) *
               ir::interval(netlist, node.in[1]).width();
    }
    return 0;
}

Cost cost(const ir::Netlist& netlist) {
    Cost result;
    for (const ir::Node& node : netlist.nodes) {
        const std::int64_t bits = logic_bits(netlist, node);
        result.logic += bits;
        if (bits > 0 || node.op == ir::Op::input) result.wires += node.interval.width();
    }
    for (const ir::Output& output : netlist.outputs)
        result.logic += negation_bits(netlist, output.signal);
    return result;
}

} // namespace bitgrain::opt
