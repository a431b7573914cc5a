// The text form: one line per node, then the tables, then the outputs.
//   n3: s5.2 8 bits [-100, 99] = add n1 - n2<<1 @ dense_1[7]
#include "fx/arithmetic.hpp"
#include "ir/netlist.hpp"

#include <string>

namespace bitgrain::ir {

namespace {

std::string text(const Signal& signal) {
    if (signal.node == 0) return "0";
    std::string result = (signal.negate ? "-n" : "n") + std::to_string(signal.node);
    if (signal.shift > 0) result += "<<" + std::to_string(signal.shift);
    if (signal.shift < 0) result += ">>" + std::to_string(-signal.shift);
    return result;
}

std::string text(const fx::Interval& interval) {
    const int width = interval.width();
    return fx::name(fx::format_of(interval)) + ' ' + std::to_string(width) + (width == 1 ? " bit [" : " bits [") +
           std::to_string(interval.lo) + ", " + std::to_string(interval.hi) + ']';
}

std::string sum(const Node& node) {
    std::string result = text(node.in[0]);
    for (std::size_t i = 1; i < node.operands; ++i) {
        Signal magnitude = node.in[i];
        magnitude.negate = false;
        result += (node.in[i].negate ? " - " : " + ") + text(magnitude);
    }
    return result;
}

std::string operation(const Netlist& netlist, const Node& node) {
    std::string op = std::string(name(node.op)) + ' ';
    switch (node.op) {
    case Op::input:
        return op + netlist.inputs[node.payload].name;
    case Op::constant:
        return op + std::to_string(node.interval.lo);
    case Op::add:
        return op + sum(node);
    case Op::cast: {
        const fx::Cast& cast = netlist.casts[node.payload];
        return op + text(node.in[0]) + " to " + fx::name(cast.format) + ' ' + fx::name(cast.round) + ' ' +
               fx::name(cast.overflow);
    }
    case Op::select:
        return op + text(node.in[0]) + " < 0 ? " + text(node.in[1]) + " : " + text(node.in[2]);
    case Op::table:
        return op + 't' + std::to_string(node.payload) + '[' + text(node.in[0]) + ']';
    case Op::mul:
        return op + text(node.in[0]) + " * " + text(node.in[1]);
    }
    return op;
}

std::string place(const Netlist& netlist, const Origin& origin) {
    std::string result = netlist.scopes[origin.scope];
    if (origin.index >= 0) result += '[' + std::to_string(origin.index) + ']';
    return result.empty() ? "" : " @ " + result;
}

} // namespace

std::string to_text(const Netlist& netlist) {
    std::string result = "netlist " + netlist.name + '\n';
    for (const Input& input : netlist.inputs) {
        if (input.node == 0) result += "unused input " + input.name + ": " + fx::name(input.format) + '\n';
    }
    for (std::size_t i = 1; i < netlist.nodes.size(); ++i) {
        const Node& node = netlist.nodes[i];
        result += 'n' + std::to_string(i) + ": " + text(node.interval) + " = " + operation(netlist, node) +
                  place(netlist, netlist.origins[i]) + '\n';
    }
    for (std::size_t i = 0; i < netlist.tables.size(); ++i) {
        result += 't' + std::to_string(i) + ": from " + std::to_string(netlist.tables[i].key.lo) + ':';
        for (const std::int64_t code : netlist.tables[i].codes)
            result += ' ' + std::to_string(code);
        result += '\n';
    }
    for (const Output& output : netlist.outputs) {
        result += "output " + output.name + ": " + text(interval(netlist, output.signal)) + " = " +
                  text(output.signal) + '\n';
    }
    return result;
}

} // namespace bitgrain::ir
