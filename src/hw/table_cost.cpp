#include "hw/table_cost.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::hw {

namespace {

/// Two LUT functions side by side are joined by multiplexers of the fabric up to this many times.
constexpr int free_mux_levels = 2;

/// Bits in which entries differ whose addresses differ in address bit `bit` only.
std::uint64_t sensitive_bits(const ir::Table& table, int bit) {
    const std::int64_t step = fx::shift_left(1, bit);
    std::uint64_t differ = 0;
    for (std::int64_t code = table.key.lo; code + step <= table.key.hi; ++code) {
        // The pair is code and code + 2^bit where that bit of the code is 0; entries outside the key are free to
        // choose.
        if (fx::shift_right(code, bit) % 2 != 0) continue;
        const auto at = static_cast<std::size_t>(code - table.key.lo);
        differ |= static_cast<std::uint64_t>(table.codes[at]) ^
                  static_cast<std::uint64_t>(table.codes[at + static_cast<std::size_t>(step)]);
    }
    return differ;
}

} // namespace

int table_levels(const Target& target, int inputs) {
    if (inputs <= 1) return 0;
    // Beyond the fabric's multiplexers each further LUT joins four functions: two more inputs per level.
    const int beyond = inputs - target.lut_inputs - free_mux_levels;
    return beyond <= 0 ? 1 : 1 + (beyond + 1) / 2;
}

TableCost table_cost(const Target& target, const ir::Table& table) {
    std::vector<std::uint64_t> sensitive;
    sensitive.reserve(static_cast<std::size_t>(table.key.width()));
    for (int bit = 0; bit < table.key.width(); ++bit)
        sensitive.push_back(sensitive_bits(table, bit));
    const auto [lo, hi] = std::minmax_element(table.codes.begin(), table.codes.end());
    const int width = fx::Interval{*lo, *hi, 0}.width();
    TableCost cost;
    for (int out = 0; out < width; ++out) {
        const auto depends = [out](std::uint64_t bits) { return (bits >> out) % 2 != 0; };
        const auto inputs = static_cast<int>(std::count_if(sensitive.begin(), sensitive.end(), depends));
        cost.inputs = std::max(cost.inputs, inputs);
        if (inputs > 1) cost.luts += std::exp2(std::max(inputs - target.lut_inputs, 0));
    }
    return cost;
}

} // namespace bitgrain::hw
