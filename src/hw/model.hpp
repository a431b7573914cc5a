// Estimated delay and area of one netlist node on a target. All numbers in a report that come from here are "estimated".
#pragma once

#include "hw/target.hpp"
#include "ir/netlist.hpp"

#include <vector>

namespace bitgrain::hw {

struct Area {
    double lut = 0.0;
    double ff = 0.0;
};

/// LUTs of a node: exact-interval model for adders (bits from the coarser operand's LSB to the top; concatenation is free).
double luts(const Target& target, const ir::Netlist& netlist, ir::NodeId node);
/// Delay through a node from its latest operand, in ns, the net to it included; 0 for wires.
/// `fanout` is the number of readers of the node's result.
double delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node, int fanout);

/// Readers per node (outputs count as one each).
std::vector<int> fanouts(const ir::Netlist& netlist);

} // namespace bitgrain::hw
