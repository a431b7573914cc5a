// What a target charges, in the units of the adder-graph solver.
#pragma once

#include "cmvm/adder_cost.hpp"
#include "hw/target.hpp"

namespace bitgrain::cli {

/// Hundredths of a LUT. Two narrow results in one LUT with two outputs are not counted on: synthesis does not pair
/// them.
cmvm::LutCosts solver_costs(const hw::Target& target);

} // namespace bitgrain::cli
