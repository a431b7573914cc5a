#include "cmvm/adder_cost.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

bool is_concatenation(std::span<const OperandBits> operands) {
    if (operands.size() != 2 || operands[0].negate != operands[1].negate) return false;
    const auto below = [](const OperandBits& low, const OperandBits& high) {
        return low.non_negative && low.top <= high.lsb;
    };
    return below(operands[0], operands[1]) || below(operands[1], operands[0]);
}

int adder_positions(std::span<const OperandBits> operands, int result_top) {
    CHECK(operands.size() == 2 || operands.size() == 3, "an adder has two or three operands");
    if (is_concatenation(operands)) return 0;
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
    return std::max(0, result_top - start);
}

int adder_cost(int positions, std::size_t operands, const LutCosts& costs) {
    return operands == 3 ? positions * costs.triple_bit + costs.triple : positions * costs.adder_bit;
}

} // namespace bitgrain::cmvm
