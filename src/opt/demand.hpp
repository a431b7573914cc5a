// Which bits of each node its readers look at. A node that is replaced by another value that agrees in these bits
// changes no output. Bit positions are of the value: bit p weighs 2^p, whatever the node's grid.
//
// Two values agree in [bottom, top) when their floors to multiples of 2^bottom are equal modulo 2^top. Rules, from
// readers to operands (proofs: modular arithmetic for the top; floor(a + r) = floor(floor(a) + r) for an r on the
// coarser grid):
//   output, table, mul       all bits
//   wrapping cast            below its top and what is asked of it; the bits it keeps, one more for rnd, all for
//   rnd_conv saturating cast          all high bits; low bits as above select                   branches: what is asked
//   of it; sign: the sign bit add                      below the top asked; all low bits, but of the one finest
//   operand, if it is not subtracted, only
//                            those at or above the asked bottom or the next operand's lowest bit
// A minus sign on the edge needs all low bits.
#pragma once

#include "ir/netlist.hpp"

#include <vector>

namespace bitgrain::opt {

struct Demand {
    static constexpr int everything = 1 << 20;

    int top = -everything;   ///< first position that is not needed; `everything`: the exact high part
    int bottom = everything; ///< lowest needed position; -everything: all low bits

    bool unread() const { return top == -everything; }
    bool all_high() const { return top == everything; }
    bool all_low() const { return bottom == -everything; }
    bool all() const { return all_high() && all_low(); }
};

/// Per node, and made simple: a top at or above the node's container is `everything`, a bottom at or below its grid is
/// -everything, a bottom above its highest bit is that bit.
std::vector<Demand> demands(const ir::Netlist& netlist);

/// What operand k of an add contributes (minus sign included) may be floored to multiples of 2^(this) when only the
/// bits from `bottom` up of the sum matter; -Demand::everything: it may not.
int floor_of_operand(const ir::Netlist& netlist, const ir::Node& add, std::size_t k, int bottom);

/// The cast with only the bits that are asked of it.
fx::Cast narrowed(const fx::Cast& cast, const Demand& demand);

} // namespace bitgrain::opt
