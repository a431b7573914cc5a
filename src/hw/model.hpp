// Estimated delay and area of one netlist node on a target. All numbers in a report that come from here are
// "estimated".
#pragma once

#include "hw/target.hpp"
#include "ir/netlist.hpp"

#include <vector>

namespace bitgrain::hw {

struct Area {
    double lut = 0.0;
    double ff = 0.0;
    double carry = 0.0; ///< bits of carry chains

    Area& operator+=(const Area& other) {
        lut += other.lut;
        ff += other.ff;
        carry += other.carry;
        return *this;
    }
    friend bool operator==(const Area&, const Area&) = default;
};

/// What a node takes of the fabric: exact-interval model for adders (bits from the coarser operand's LSB to the top;
/// concatenation is free).
Parts parts(const Target& target, const ir::Netlist& netlist, ir::NodeId node);
/// The negation at an output whose edge has a minus sign; nothing without.
Parts output_parts(const ir::Netlist& netlist, const ir::Signal& signal);
/// All that some output needs, the negations at the outputs included.
Parts parts(const Target& target, const ir::Netlist& netlist);
/// Bits of the carry chains of a node.
int carry_bits(const ir::Netlist& netlist, ir::NodeId node);
/// LUTs at the target's price per part.
double luts(const Target& target, const ir::Netlist& netlist, ir::NodeId node);
double output_luts(const Target& target, const ir::Netlist& netlist, const ir::Signal& signal);
/// One routed net, ns.
double net_delay(const Target& target, int fanout);
/// Logic between a node's operands and its result, in ns, no net at either end; 0 for inputs, constants and wires.
/// Edges cost nothing, except a minus sign where no subtractor can take it (operands of casts, selects and products).
double logic_delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node);
/// logic_delay and the net to the readers; 0 for wires, whose readers load their operand's net instead.
double delay(const Target& target, const ir::Netlist& netlist, ir::NodeId node, int fanout);
/// Negation of a value at an output whose edge has a minus sign, ns; 0 without.
double output_delay(const Target& target, const ir::Netlist& netlist, const ir::Signal& signal);

/// Readers per node (outputs count as one each), seen through wires: a reader of a wire loads the wire's operand.
std::vector<int> fanouts(const ir::Netlist& netlist);

} // namespace bitgrain::hw
