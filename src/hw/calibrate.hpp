// Refits the coefficients of a target to what tools measured on builds: least squares of relative errors, every
// coefficient within bounds. A coefficient that no build exercises keeps its value.
#pragma once

#include "hw/features.hpp"

#include <optional>
#include <vector>

namespace bitgrain::hw {

struct Sample {
    Features features;
    std::optional<double> lut, ff, period_ns; ///< measured
};

/// Minimises the sum of (row . x - 1)^2 over lower <= x <= upper, by coordinate descent on the normal equations. Where
/// the rows leave freedom the result stays near `start`.
std::vector<double> fit(const std::vector<std::vector<double>>& rows, const std::vector<double>& start,
                        const std::vector<double>& lower, const std::vector<double>& upper);

struct Fitted {
    std::vector<double> coefficients; ///< in the order of Part or of delay_coefficients
    std::size_t samples = 0;
    double spread = 0.0; ///< relative, one sigma, of the samples around the fit
};

/// None when there are not more samples with that measurement than coefficients that they exercise.
std::optional<Fitted> fit_luts(const Target& target, const std::vector<Sample>& samples);
std::optional<Fitted> fit_delays(const Target& target, const std::vector<Sample>& samples);
/// Spread of the estimated flip-flops around the measured ones; nothing is fitted. None below three samples.
std::optional<double> ff_spread(const std::vector<Sample>& samples);

/// A target file with new coefficients and bands of two sigma; `source` says what they were fitted to.
struct Calibration {
    std::optional<Fitted> luts, delays;
    std::optional<double> ff;
    std::string source;
};
Json calibrated(Json target_file, const Calibration& calibration);

} // namespace bitgrain::hw
