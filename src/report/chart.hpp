// The drawings of the page, as SVG text. Colours come from the page's style sheet through classes.
#pragma once

#include "report/report.hpp"

#include <string>
#include <vector>

namespace bitgrain::report {

/// Metric against EBOPs (logarithmic), the staircase of the front, the picked point marked; a tooltip on every point.
std::string front_chart(const Front& front);
/// The same against estimated LUTs, of the points that are hardware.
std::string design_chart(const Front& front);

/// Two bars (LUT, FF) per layer, one below the other.
std::string layer_chart(const std::vector<Layer>& layers);

/// Estimated beside measured, one pair of bars per comparison; the band of the estimate as a whisker. Each pair has a
/// scale of its own.
std::string comparison_chart(const std::vector<Comparison>& comparisons);

/// One cell per value of each layer, darker the more bits it has; a tooltip tells the bits and the neuron's LUTs.
std::string width_chart(const std::vector<Layer>& layers, const std::vector<Neuron>& neurons);

/// Round numbers that divide [lo, hi] into about `count` steps.
std::vector<double> ticks(double lo, double hi, int count);

} // namespace bitgrain::report
