// The end of building: only what the outputs need stays, in the order it was made.
#include "ir/builder.hpp"

#include <algorithm>
#include <utility>

namespace bitgrain::ir {

namespace {

std::vector<bool> needed_nodes(const Netlist& netlist) {
    std::vector<bool> needed(netlist.nodes.size(), false);
    needed[0] = true;
    for (const Output& output : netlist.outputs)
        needed[output.signal.node] = true;
    for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
        if (!needed[i]) continue;
        const Node& node = netlist.nodes[i];
        for (std::size_t k = 0; k < node.operands; ++k)
            needed[node.in[k].node] = true;
    }
    return needed;
}

/// Moves the items that are used to a new list, in order of first use.
template <class T>
class Compacted {
  public:
    explicit Compacted(std::vector<T>& from) : from_(&from), number_(from.size(), -1) {}

    std::uint32_t use(std::uint32_t old) {
        if (number_[old] < 0) {
            number_[old] = static_cast<std::int64_t>(kept_.size());
            kept_.push_back(std::move((*from_)[old]));
        }
        return static_cast<std::uint32_t>(number_[old]);
    }
    std::vector<T> take() { return std::move(kept_); }

  private:
    std::vector<T>* from_;
    std::vector<std::int64_t> number_;
    std::vector<T> kept_;
};

} // namespace

Netlist Builder::finish() {
    Netlist all = std::exchange(*this, Builder(netlist_.name)).netlist_;
    const std::vector<bool> needed = needed_nodes(all);
    Netlist result;
    result.name = std::move(all.name);
    result.scopes = std::move(all.scopes);
    result.inputs = std::move(all.inputs);
    Compacted<fx::Cast> casts(all.casts);
    Compacted<Table> tables(all.tables);
    std::vector<NodeId> number(all.nodes.size(), 0);
    for (std::size_t i = 0; i < all.nodes.size(); ++i) {
        if (!needed[i]) continue;
        Node node = all.nodes[i];
        for (std::size_t k = 0; k < node.operands; ++k)
            node.in[k].node = number[node.in[k].node];
        if (node.op == Op::cast) node.payload = casts.use(node.payload);
        if (node.op == Op::table) node.payload = tables.use(node.payload);
        number[i] = static_cast<NodeId>(result.nodes.size());
        result.nodes.push_back(node);
        result.origins.push_back(all.origins[i]);
    }
    // Node 0 is kept first, so an input nobody reads gets number 0: none.
    for (Input& input : result.inputs)
        input.node = number[input.node];
    result.outputs = std::move(all.outputs);
    for (Output& output : result.outputs)
        output.signal.node = number[output.signal.node];
    result.casts = casts.take();
    result.tables = tables.take();
    verify(result);
    return result;
}

} // namespace bitgrain::ir
