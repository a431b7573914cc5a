// Which point of a front is taken: the rule as a user writes it, and the point it means.
#pragma once

#include "nn/metric.hpp"
#include "nn/train.hpp"

#include <string>

namespace bitgrain::nn {

/// "best" (cheapest among equals), "best-0.005" (cheapest that is no more than so much worse than the best, whichever
/// way the metric goes), "accuracy>=0.95" (cheapest that reaches it; for regression "rms<=2.0"), "ebops<=3000" (best
/// that costs no more). Blanks may stand in it. All by the metric to be expected.
struct PickRule {
    enum class Kind : std::uint8_t { best, metric, ebops };
    Kind kind = Kind::best;
    double number = 0.0; ///< loss that is allowed, metric to reach, or EBOPs
};

/// Error when the rule is not one for a front on this metric: it needs no front, so a bad one is known before a
/// training.
PickRule read_pick(const std::string& rule, const std::string& metric_name, bool higher_is_better);
PickRule read_pick(const std::string& rule, const Metric& metric);

/// Error lists what the front offers when nothing fits.
const Point& pick(const Front& front, const std::string& rule);

/// The rule that picks the point of this cost of its front: "ebops<=3813".
std::string rule_of(double ebops);

} // namespace bitgrain::nn
