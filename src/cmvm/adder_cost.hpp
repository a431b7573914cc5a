// LUT bits of one adder, the exact-interval model: the chain runs from the second-finest grid (from the finest one when
// that operand is subtracted, because the borrow starts there) to the top of the result; a three-operand adder takes
// one LUT more; operands that do not overlap are wires.
#pragma once

#include "cmvm/range.hpp"

#include <cstddef>
#include <optional>
#include <span>

namespace bitgrain::cmvm {

/// What the fabric charges, in LUTs or any unit. Defaults: LUT6 with two outputs and a carry position each.
struct LutCosts {
    int adder_bit = 1;  ///< a position of a two-operand adder
    int triple_bit = 1; ///< a position of a three-operand adder
    int triple = 1;     ///< a three-operand adder, besides
    /// A position where one operand alone has bits, or that only holds the carry; none: as any other.
    std::optional<int> through_bit;
    std::optional<int> invert_bit; ///< where it is alone and one of the two is subtracted; none: as any other
    int table_bit = 1;             ///< a result bit of a table that uses all inputs of a LUT
    int table_pair = 1;            ///< two result bits of a table that leaves an input free
    int table_inputs = 6;          ///< of one LUT
};

/// Where an operand has bits: positions lsb .. top - 1, the sign position included.
struct OperandBits {
    int lsb = 0;
    int top = 0;
    bool non_negative = true;
    bool negate = false;
    bool constant = false;
};

/// Of an adder's chain.
struct Positions {
    int both = 0;     ///< where operands meet
    int through = 0;  ///< LutCosts::through_bit
    int inverted = 0; ///< LutCosts::invert_bit

    int total() const { return both + through + inverted; }
};

/// Two operands, not subtracted from each other, of which the lower ends where the higher begins.
bool is_concatenation(std::span<const OperandBits> operands);

/// Carry positions. `result_top` is that of the stored result; all operands negated counts as none negated.
Positions adder_positions(std::span<const OperandBits> operands, int result_top);
int adder_cost(const Positions& positions, std::size_t operands, const LutCosts& costs);
/// Of the adder, not the concatenation, that join() makes of these.
int adder_cost(const Joined& made, std::span<const SignedRange* const> operands, const LutCosts& costs);

} // namespace bitgrain::cmvm
