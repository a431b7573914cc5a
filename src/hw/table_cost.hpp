// LUTs and levels of a lookup table. Each output bit is a function of the address bits it really depends on; a function
// of k inputs takes 2^(k - n) LUTs of n inputs, and the multiplexers between up to four of them are part of the fabric.
#pragma once

#include "hw/target.hpp"
#include "ir/netlist.hpp"

namespace bitgrain::hw {

struct TableCost {
    double luts = 0.0;
    int inputs = 0; ///< address bits of the output bit that needs most; 1 or less: a wire or an inverter
};
TableCost table_cost(const Target& target, const ir::Table& table);

/// LUT levels of a function of that many inputs; 0 for one input or none.
int table_levels(const Target& target, int inputs);

} // namespace bitgrain::hw
