#include "cli/solver_costs.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::cli {

cmvm::LutCosts solver_costs(const hw::Target& target) {
    const auto exact = [&target](hw::Part part) {
        return std::max(0, static_cast<int>(std::lround(100.0 * target.lut_per[part])));
    };
    const auto price = [&exact](hw::Part part) { return std::max(1, exact(part)); };
    cmvm::LutCosts costs;
    costs.adder_bit = price(hw::Part::sum_bit);
    costs.triple_bit = price(hw::Part::triple_bit);
    costs.triple = 0;
    costs.through_bit = exact(hw::Part::through_bit);
    costs.invert_bit = exact(hw::Part::invert_bit);
    costs.table_bit = price(hw::Part::table);
    costs.table_pair = 2 * costs.table_bit;
    costs.table_inputs = target.lut_inputs;
    return costs;
}

} // namespace bitgrain::cli
