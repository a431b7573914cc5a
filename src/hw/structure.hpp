// What a netlist node is made of in hardware: which bits are wires, which are added, whether a cast rounds, clamps or
// only picks bits. Costs (model.hpp) and Verilog (rtl/emit.hpp) both follow this one description, so an estimate is
// always of the circuit that is printed. Bit positions are absolute: position p weighs 2^p.
#pragma once

#include "ir/netlist.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace bitgrain::hw {

/// The bits of an operand of a node, before its sign: positions lsb .. lsb + width - 1, the sign repeated above them. A
/// constant has its sign folded in and no low zero bits.
struct Operand {
    ir::NodeId node = 0;
    int lsb = 0;
    int width = 0; ///< 0: the constant zero
    bool is_signed = false;
    bool negate = false;
    bool is_constant = false;
    std::int64_t code = 0; ///< of a constant, in units of 2^lsb

    int msb() const { return lsb + width - 1; }
    /// True when bits at position p and above can differ from zero.
    bool reaches(int p) const { return width > 0 && (is_signed || msb() >= p); }
};

Operand operand(const ir::Netlist& netlist, const ir::Signal& signal);

/// A node whose interval is one value: printed as a literal wherever it is read, never registered.
bool is_constant(const ir::Netlist& netlist, ir::NodeId node);

/// An add computes positions lsb .. msb. Below chain_lsb the bits are those of operands[low] (low >= 0); from chain_lsb
/// up all operands that reach that far are added or subtracted.
struct AddStructure {
    std::array<Operand, 3> operands;
    int count = 0;
    int lsb = 0, msb = 0;
    int chain_lsb = 0;
    int low = -1;
    int terms = 0;        ///< operands that reach the chain
    int operand_bits = 0; ///< positions from chain_lsb up that hold all bits of the terms, a sign bit included
    bool chain = false;   ///< false: pure concatenation

    int chain_bits() const { return chain ? msb - chain_lsb + 1 : 0; }
};
AddStructure add_structure(const ir::Netlist& netlist, ir::NodeId node);

/// A cast is, in this order: negation of its operand, rounding (an increment), clamping; what is left is picking bits.
struct CastStructure {
    Operand operand;
    bool negate = false;
    bool round = false;
    bool clamp = false;
    bool symmetric = false;  ///< the clamp's lowest result is minus its highest, one above what its width could hold
    bool convergent = false; ///< ties to even
    int lsb = 0;             ///< of the rounded value: the lowest position the format keeps
    int rounded_width = 0;   ///< two's complement (a sign bit even when never negative); only set for round or clamp
};
CastStructure cast_structure(const ir::Netlist& netlist, ir::NodeId node);

/// True for nodes that are only wires: casts that pick bits, adds that concatenate. Inputs and constants are not.
bool is_wiring(const ir::Netlist& netlist, ir::NodeId node);

/// Nodes that some output needs and that are not constant. All others are neither printed nor counted.
std::vector<bool> live(const ir::Netlist& netlist);

/// Outputs whose edge has a minus sign that no wire can give, each value once: equal ones share negation and register.
std::vector<ir::Signal> negated_outputs(const ir::Netlist& netlist);

/// Calls reads(signal) for every operand of the node that is not constant.
template <class Reads>
void for_each_read(const ir::Netlist& netlist, ir::NodeId id, const Reads& reads) {
    const ir::Node& node = netlist.nodes[id];
    for (std::size_t k = 0; k < node.operands; ++k) {
        if (!is_constant(netlist, node.in[k].node)) reads(node.in[k]);
    }
}

} // namespace bitgrain::hw
