// The core of the builder: leaves, interning, outputs. The rules of each op are in build_<op>.cpp, finish() in
// finish.cpp.
#include "ir/builder.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/derive.hpp"

#include <limits>

namespace bitgrain::ir {

Builder::Builder(std::string name) {
    netlist_.name = std::move(name);
    netlist_.scopes.emplace_back();
    scope_ids_[""] = 0;
    append(Node{});
}

Signal Builder::input(const std::string& name, const fx::Format& format) {
    Input port{name, format, 0};
    if (!format.is_zero()) {
        Node node;
        node.op = Op::input;
        node.payload = static_cast<std::uint32_t>(netlist_.inputs.size());
        node.interval = fx::range_of(format);
        port.node = append(node);
    }
    netlist_.inputs.push_back(port);
    return {port.node, 0, false};
}

Signal Builder::constant(double value) {
    const fx::Dyadic d = fx::to_dyadic(value);
    return constant(d.code, d.fraction);
}

Signal Builder::constant(std::int64_t code, int fraction) {
    if (code == 0) return zero();
    // Odd and positive: 6, -6, 3 and 0.75 are one node.
    const int zeros = std::countr_zero(static_cast<std::uint64_t>(code));
    const std::int64_t odd = fx::shift_right(code < 0 ? -code : code, zeros);
    Node node;
    node.op = Op::constant;
    node.interval = {odd, odd, 0};
    const std::string key = identity(node) + std::to_string(odd);
    const auto [found, is_new] = interned_.try_emplace(key, 0);
    if (is_new) found->second = append(node);
    return {found->second, zeros - fraction, code < 0};
}

NodeId Builder::append(const Node& node) {
    CHECK(netlist_.nodes.size() < std::numeric_limits<NodeId>::max(), "too many nodes");
    netlist_.nodes.push_back(node);
    netlist_.origins.push_back(origin_);
    return static_cast<NodeId>(netlist_.nodes.size() - 1);
}

std::optional<NodeId> Builder::find(const Node& node) const {
    const auto found = interned_.find(identity(node));
    if (found == interned_.end()) return std::nullopt;
    return found->second;
}

Signal Builder::intern(Node node, const Known& known) {
    if (const auto existing = find(node)) return {*existing, 0, false};
    node.interval = derive_interval(netlist_, node);
    if (known) node.interval = cut(node.interval, *known);
    if (node.interval.is_constant()) return constant(node.interval.lo, node.interval.fraction);
    const NodeId id = append(node);
    interned_.emplace(identity(node), id);
    return {id, 0, false};
}

void Builder::output(const std::string& name, Signal signal) {
    CHECK(signal.node < netlist_.nodes.size(), "output '" + name + "' reads a node that does not exist");
    netlist_.outputs.push_back({name, signal});
}

void Builder::set_origin(const std::string& scope, int index) {
    const auto [found, is_new] = scope_ids_.try_emplace(scope, static_cast<std::uint32_t>(netlist_.scopes.size()));
    if (is_new) netlist_.scopes.push_back(scope);
    origin_ = {found->second, index};
}

void Builder::set_origin(const Origin& origin, const Netlist& of) {
    set_origin(of.scopes[origin.scope], origin.index);
}

} // namespace bitgrain::ir
