#include "cli/solver_costs.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::cli {

cmvm::LutCosts solver_costs(const hw::Target& target) {
    const auto price = [&target](hw::Part part) {
        return std::max(1, static_cast<int>(std::lround(100.0 * target.lut_per[part])));
    };
    cmvm::LutCosts costs;
    costs.adder_bit = price(hw::Part::sum_bit);
    costs.triple_bit = costs.triple = price(hw::Part::triple_bit);
    costs.table_bit = price(hw::Part::table);
    costs.table_pair = 2 * costs.table_bit;
    costs.table_inputs = target.lut_inputs;
    return costs;
}

} // namespace bitgrain::cli
