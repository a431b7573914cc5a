// LUT bits of one adder, the exact-interval model: the chain runs from the second-finest grid (from the finest one when
// that operand is subtracted, because the borrow starts there) to the top of the result; a three-operand adder takes
// one LUT more; operands that do not overlap are wires.
#pragma once

#include <span>

namespace bitgrain::cmvm {

/// Where an operand has bits: positions lsb .. top - 1, the sign position included.
struct OperandBits {
    int lsb = 0;
    int top = 0;
    bool non_negative = true;
    bool negate = false;
};

/// Two operands, not subtracted from each other, of which the lower ends where the higher begins.
bool is_concatenation(std::span<const OperandBits> operands);

/// `result_top` is that of the stored result; all operands negated counts as none negated.
int adder_bits(std::span<const OperandBits> operands, int result_top);

} // namespace bitgrain::cmvm
