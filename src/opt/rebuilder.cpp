#include "opt/rebuilder.hpp"

#include "fx/arithmetic.hpp"
#include "opt/passes.hpp"

#include <algorithm>

namespace bitgrain::opt {

Rebuilder::Rebuilder(const ir::Netlist& from) : from_(from), builder_(from.name), signals_(from.nodes.size()) {
    for (const std::string& scope : from.scopes)
        builder_.set_origin(scope); // keeps their order
    for (const ir::Input& input : from.inputs) {
        use_origin(input.node);
        const ir::Signal signal = builder_.input(input.name, input.format);
        if (input.node != 0) set(input.node, signal);
    }
}

ir::Signal Rebuilder::edge(const ir::Signal& old) const {
    const ir::Signal moved = ir::Builder::shift(signals_[old.node], old.shift);
    return old.negate ? ir::Builder::negate(moved) : moved;
}

ir::Signal Rebuilder::copy(ir::NodeId old) {
    use_origin(old);
    const ir::Node& node = from_.nodes[old];
    const ir::Signal a = edge(node.in[0]), b = edge(node.in[1]), c = edge(node.in[2]);
    switch (node.op) {
    case ir::Op::input:
        return signals_[old];
    case ir::Op::constant:
        return builder_.constant(node.interval.lo, node.interval.fraction);
    case ir::Op::add:
        return node.operands == 2 ? builder_.add(a, b, node.interval) : builder_.add(a, b, c, node.interval);
    case ir::Op::cast:
        return builder_.cast(a, from_.casts[node.payload]);
    case ir::Op::select:
        return builder_.select(a, b, c, node.interval);
    case ir::Op::table:
        return look_up(a, from_.tables[node.payload]);
    case ir::Op::mul:
        return builder_.mul(a, b);
    }
    return {};
}

ir::Signal Rebuilder::look_up(ir::Signal key, const ir::Table& table) {
    if (table.key.contains(builder_.interval(key))) return builder_.table(key, table);
    // The values are the old ones, so they are in the old key, but less may be known about them now. A wrap to the old
    // container changes none; entries that no value reaches repeat the nearest one.
    key = builder_.cast(key, {fx::format_of(table.key), fx::Round::trn, fx::Overflow::wrap});
    const fx::Interval in = builder_.interval(key);
    ir::Table padded{fx::hull(in, table.key), {}, table.fraction};
    for (std::int64_t code = padded.key.lo; code <= padded.key.hi; ++code) {
        const std::int64_t nearest = std::clamp(code, table.key.lo, table.key.hi);
        padded.codes.push_back(table.codes[static_cast<std::size_t>(nearest - table.key.lo)]);
    }
    return builder_.table(key, padded);
}

ir::Netlist Rebuilder::finish() {
    for (const ir::Output& output : from_.outputs)
        builder_.output(output.name, edge(output.signal));
    return builder_.finish();
}

std::vector<std::vector<Use>> uses(const ir::Netlist& netlist) {
    std::vector<std::vector<Use>> result(netlist.nodes.size());
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        const ir::Node& node = netlist.nodes[i];
        for (std::size_t k = 0; k < node.operands; ++k)
            result[node.in[k].node].push_back({i, k});
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        result[netlist.outputs[j].signal.node].push_back({netlist.nodes.size() + j, 0});
    }
    return result;
}

ir::Netlist rebuild(const ir::Netlist& netlist) {
    Rebuilder rebuilder(netlist);
    for (ir::NodeId i = 1; i < netlist.nodes.size(); ++i)
        rebuilder.set(i, rebuilder.copy(i));
    return rebuilder.finish();
}

} // namespace bitgrain::opt
