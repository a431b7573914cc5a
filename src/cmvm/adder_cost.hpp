// LUT bits of one adder, the exact-interval model: the chain runs from the second-finest grid (from the finest one when
// that operand is subtracted, because the borrow starts there) to the top of the result; a three-operand adder takes
// one LUT more; operands that do not overlap are wires.
#pragma once

#include <cstddef>
#include <span>

namespace bitgrain::cmvm {

/// What the fabric charges, in LUTs or any unit. Defaults: LUT6 with two outputs and a carry position each.
struct LutCosts {
    int adder_bit = 1;    ///< a position of a two-operand adder
    int triple_bit = 1;   ///< a position of a three-operand adder
    int triple = 1;       ///< a three-operand adder, besides
    int table_bit = 1;    ///< a result bit of a table that uses all inputs of a LUT
    int table_pair = 1;   ///< two result bits of a table that leaves an input free
    int table_inputs = 6; ///< of one LUT
};

/// Where an operand has bits: positions lsb .. top - 1, the sign position included.
struct OperandBits {
    int lsb = 0;
    int top = 0;
    bool non_negative = true;
    bool negate = false;
};

/// Two operands, not subtracted from each other, of which the lower ends where the higher begins.
bool is_concatenation(std::span<const OperandBits> operands);

/// Carry positions. `result_top` is that of the stored result; all operands negated counts as none negated.
int adder_positions(std::span<const OperandBits> operands, int result_top);
int adder_cost(int positions, std::size_t operands, const LutCosts& costs);

} // namespace bitgrain::cmvm
