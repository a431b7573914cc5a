// Exact evaluation of a netlist over int64 codes: the reference the Verilog is compared with.
#pragma once

#include "ir/netlist.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::ir {

/// inputs: rows x inputs codes, row-major, each on the grid of its input's format and inside it (refused otherwise).
/// Returns rows x outputs codes, row-major, each on the grid of output_format(netlist, j).
std::vector<std::int64_t> evaluate(const Netlist& netlist, std::span<const std::int64_t> inputs, std::size_t rows);

/// The narrowest format of output j, from its interval.
fx::Format output_format(const Netlist& netlist, std::size_t j);

/// rows x nodes codes of these nodes, row-major, each on the grid of the node's interval: to find the first mismatch.
std::vector<std::int64_t> trace(const Netlist& netlist, std::span<const NodeId> nodes,
                                std::span<const std::int64_t> inputs, std::size_t rows);

} // namespace bitgrain::ir
