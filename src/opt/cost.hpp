// A device-free yardstick for passes: bits of logic. Estimates for a device are hw's business.
// Adders by the exact-interval model: from the second-lowest LSB of the operands to the top of the result (from the
// lowest when that operand is subtracted), one more for three operands, nothing for a concatenation.
#pragma once

#include "ir/netlist.hpp"

#include <compare>
#include <cstdint>

namespace bitgrain::opt {

/// Compared in this order.
struct Cost {
    std::int64_t logic =
        0; ///< bits of adders, rounders, clamps, negations, selects, products, tables (6 address bits: 1)
    std::int64_t wires = 0; ///< bits of all results that are not mere wires of others: what a pipeline has to carry

    friend auto operator<=>(const Cost&, const Cost&) = default;
};

Cost cost(const ir::Netlist& netlist);
/// Logic bits of one node, negations of its operands included.
std::int64_t logic_bits(const ir::Netlist& netlist, const ir::Node& node);

/// First bit position above the interval's container; a value modulo 2^top tells it.
int top(const fx::Interval& interval);

} // namespace bitgrain::opt
