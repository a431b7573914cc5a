// Who reads which bits of a value, seen through wires: what decides how long each bit must be kept in registers,
// wherever the nodes are placed.
#pragma once

#include "ir/netlist.hpp"

#include <cstdint>
#include <vector>

namespace bitgrain::hw {

/// Bits of a value that have the same readers.
struct BitGroup {
    int bits = 0;
    /// Nodes that compute with them, and netlist.nodes.size() + j for output j; sorted, never empty.
    std::vector<std::uint32_t> readers;
};

/// Per node, its bits that are computed in it and read. Bits that are another value's (picked, or passed by below a
/// carry chain) count as the other's, constant ones as nobody's, as in every synthesiser.
std::vector<std::vector<BitGroup>> bit_groups(const ir::Netlist& netlist);

} // namespace bitgrain::hw
