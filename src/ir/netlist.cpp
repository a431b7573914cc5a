#include "ir/netlist.hpp"

#include "fx/arithmetic.hpp"

namespace bitgrain::ir {

const char* name(Op op) {
    switch (op) {
    case Op::input:
        return "input";
    case Op::constant:
        return "constant";
    case Op::add:
        return "add";
    case Op::cast:
        return "cast";
    case Op::select:
        return "select";
    case Op::table:
        return "table";
    case Op::mul:
        return "mul";
    }
    return "";
}

fx::Interval interval(const Netlist& netlist, const Signal& signal) {
    const fx::Interval scaled = fx::scale(netlist.nodes[signal.node].interval, signal.shift);
    return signal.negate ? fx::negate(scaled) : scaled;
}

Counts count(const Netlist& netlist) {
    Counts counts;
    for (const Node& node : netlist.nodes) {
        switch (node.op) {
        case Op::input:
        case Op::constant:
            break;
        case Op::add:
            ++counts.adds;
            break;
        case Op::cast: {
            const fx::Cast& cast = netlist.casts[node.payload];
            const bool wires = cast.round == fx::Round::trn && cast.overflow == fx::Overflow::wrap;
            counts.casts += wires ? 0 : 1;
            break;
        }
        case Op::select:
            ++counts.selects;
            break;
        case Op::table:
            ++counts.tables;
            break;
        case Op::mul:
            ++counts.muls;
            break;
        }
    }
    return counts;
}

} // namespace bitgrain::ir
