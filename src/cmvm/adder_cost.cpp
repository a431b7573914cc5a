#include "cmvm/adder_cost.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::cmvm {

namespace {

/// The positions from `start` up. The sign of an operand is repeated above it, and a repeated sign takes one position
/// in hardware; of a constant half the bits are taken to be ones.
Positions split(std::span<const OperandBits> operands, int start, int result_top) {
    const int total = std::max(0, result_top - start);
    Positions positions;
    int end = start;
    if (operands.size() == 3) { // one position above the operands is computed, the others repeat it
        for (const OperandBits& o : operands)
            end = std::max(end, o.top + (o.non_negative ? 1 : 0));
        positions.both = std::min(total, end - start + 1);
        positions.through = total - positions.both;
        return positions;
    }
    for (const OperandBits& o : operands)
        end = std::max(end, o.top);
    end = std::min(end, start + total);
    int meet_end = end;
    for (const OperandBits& o : operands) {
        if (o.constant) meet_end = start;
        if (o.non_negative) meet_end = std::min(meet_end, o.top);
    }
    positions.both = std::max(0, meet_end - std::max({start, operands[0].lsb, operands[1].lsb}));
    const int alone = end - start - positions.both;
    if (operands[0].constant || operands[1].constant) {
        positions.inverted = alone / 2;
    } else if (operands[0].negate != operands[1].negate) {
        positions.inverted = alone;
    }
    positions.through = total - positions.both - positions.inverted;
    return positions;
}

} // namespace

bool is_concatenation(std::span<const OperandBits> operands) {
    if (operands.size() != 2 || operands[0].negate != operands[1].negate) return false;
    const auto below = [](const OperandBits& low, const OperandBits& high) {
        return low.non_negative && low.top <= high.lsb;
    };
    return below(operands[0], operands[1]) || below(operands[1], operands[0]);
}

Positions adder_positions(std::span<const OperandBits> operands, int result_top) {
    CHECK(operands.size() == 2 || operands.size() == 3, "an adder has two or three operands");
    if (is_concatenation(operands)) return {};
    const bool flip = std::all_of(operands.begin(), operands.end(), [](const OperandBits& o) { return o.negate; });
    // The finest grid, subtracted only if nothing added has bits as low; then the second-finest.
    int finest = operands[0].lsb;
    for (const OperandBits& o : operands)
        finest = std::min(finest, o.lsb);
    bool borrow = true;
    std::size_t at_finest = 0;
    for (const OperandBits& o : operands) {
        if (o.lsb != finest) continue;
        ++at_finest;
        if (!o.negate || flip) borrow = false;
    }
    int start = finest;
    if (!borrow && at_finest == 1) {
        start = result_top;
        for (const OperandBits& o : operands) {
            if (o.lsb != finest) start = std::min(start, o.lsb);
        }
    }
    return split(operands, start, result_top);
}

int adder_cost(const Positions& positions, std::size_t operands, const LutCosts& costs) {
    const int bit = operands == 3 ? costs.triple_bit : costs.adder_bit;
    return positions.both * bit + positions.through * costs.through_bit.value_or(bit) +
           positions.inverted * costs.invert_bit.value_or(bit) + (operands == 3 ? costs.triple : 0);
}

int adder_cost(const Joined& made, std::span<const SignedRange* const> operands, const LutCosts& costs) {
    if (!costs.through_bit && !costs.invert_bit) return adder_cost({made.bits, 0, 0}, operands.size(), costs);
    std::array<OperandBits, 3> bits;
    for (std::size_t k = 0; k < operands.size(); ++k) {
        const Range& range = operands[k]->range;
        bits[k] = {range.lsb, top(range), range.lo >= 0, operands[k]->negate, range.lo == range.hi};
    }
    const int result_top = top(made.value.range);
    return adder_cost(split({bits.data(), operands.size()}, result_top - made.bits, result_top), operands.size(),
                      costs);
}

} // namespace bitgrain::cmvm
