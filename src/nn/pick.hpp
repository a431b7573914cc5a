// Which point of a front is taken: the rule as a user writes it, and the point it means.
#pragma once

#include "nn/metric.hpp"
#include "nn/train.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace bitgrain::nn {

/// An upper limit: on "ebops", or on what the point's design takes: "lut", "ff", "cycles", "ns".
struct Limit {
    std::string quantity;
    double most = 0.0;
};

/// "best" (cheapest among equals), "best-0.005" (cheapest that is no more than so much worse than the best, whichever
/// way the metric goes), "accuracy>=0.95" (cheapest that reaches it; for regression "rms<=2.0"), "ebops<=3000",
/// "lut<=5000,ns<=20" (best that keeps all limits). Blanks may stand in it. All by the metric to be expected.
struct PickRule {
    enum class Kind : std::uint8_t { best, metric, limits };
    Kind kind = Kind::best;
    double number = 0.0; ///< loss that is allowed, or metric to reach
    std::vector<Limit> limits = {};

    /// Limits on more than EBOPs.
    bool needs_designs() const;
};

/// Error when the rule is not one for a front on this metric: it needs no front, so a bad one is known before a
/// training.
PickRule read_pick(const std::string& rule, const std::string& metric_name, bool higher_is_better);
PickRule read_pick(const std::string& rule, const Metric& metric);

/// By quantity, what a point's design takes. Asked for few points: cost grows along the front, so halving it finds the
/// dearest that keeps the limits, and the next two above are tried since it does not grow evenly.
using DesignOf = std::function<std::map<std::string, double>(const Point&)>;

/// Error lists what the front offers when nothing fits.
const Point& pick(const Front& front, const std::string& rule, const DesignOf& design_of = {});

/// The rule that picks the point of this cost of its front: "ebops<=3813".
std::string rule_of(double ebops);

} // namespace bitgrain::nn
