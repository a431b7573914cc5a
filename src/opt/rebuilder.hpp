// What every pass does: walk the old nodes in order, make each anew (or something better that equals it), finish.
#pragma once

#include "ir/builder.hpp"

#include <vector>

namespace bitgrain::opt {

class Rebuilder {
  public:
    /// Declares all inputs of `from`, which must outlive this.
    explicit Rebuilder(const ir::Netlist& from);

    ir::Builder& builder() { return builder_; }

    /// The new signal of an old edge; its node must have been set.
    ir::Signal edge(const ir::Signal& old) const;
    void set(ir::NodeId old, ir::Signal signal) { signals_[old] = signal; }

    /// Nodes made from now on take the origin of this old node.
    void use_origin(ir::NodeId old) { builder_.set_origin(from_.origins[old], from_); }
    /// The same operation on the new operands, which must have the same values as the old ones.
    ir::Signal copy(ir::NodeId old);

    /// The entry of a table of the old netlist for a signal whose values are those of the old operand.
    ir::Signal look_up(ir::Signal key, const ir::Table& table);

    /// Outputs of the old netlist, on the new signals.
    ir::Netlist finish();

  private:
    const ir::Netlist& from_;
    ir::Builder builder_;
    std::vector<ir::Signal> signals_;
};

/// Readers of every node: operand slots of nodes and outputs.
struct Use {
    std::size_t reader = 0; ///< node, or nodes.size() + index of an output
    std::size_t slot = 0;
};
std::vector<std::vector<Use>> uses(const ir::Netlist& netlist);

} // namespace bitgrain::opt
