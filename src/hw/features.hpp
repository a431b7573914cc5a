// What the estimates of a build depend on: counts that are multiplied with the coefficients of its target. Kept beside
// a build (estimate.json), so that the coefficients can be fitted to what a tool measured later.
#pragma once

#include "base/json.hpp"
#include "hw/area.hpp"

#include <array>
#include <string>

namespace bitgrain::hw {

struct Features {
    std::string target;
    Parts parts;                                          ///< LUTs are their dot product with Target::lut_per
    std::array<double, delay_coefficients.size()> path{}; ///< of the path that sets the clock: how often each
                                                          ///< coefficient of Delay counts; their dot product is its ns
    double lut = 0.0, ff = 0.0, period_ns = 0.0;          ///< as estimated
};

Features features(const Target& target, const ir::Netlist& netlist, const Schedule& schedule, const AreaReport& area);

Json to_json(const Features& features);
Features features_from_json(const Json& json, const std::string& where);

inline constexpr const char* features_file = "estimate.json"; ///< in a build folder

} // namespace bitgrain::hw
