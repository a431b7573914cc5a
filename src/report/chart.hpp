// The drawings of the page, as SVG text. Colours come from the page's style sheet through classes.
#pragma once

#include "report/report.hpp"

#include <string>
#include <vector>

namespace bitgrain::report {

/// Metric against EBOPs (logarithmic), the staircase of the front, the picked point marked; a tooltip on every point.
std::string front_chart(const Front& front);

/// Two bars (LUT, FF) per layer, one below the other.
std::string layer_chart(const std::vector<Layer>& layers);

/// Round numbers that divide [lo, hi] into about `count` steps.
std::vector<double> ticks(double lo, double hi, int count);

} // namespace bitgrain::report
