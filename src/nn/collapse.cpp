#include "nn/collapse.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

namespace {

/// Below this share of the best skill seen a network counts as fallen to chance.
constexpr double least_skill = 0.1;
/// Costs normally only fall; widths that run away multiply them.
constexpr double most_growth = 4.0;

} // namespace

double CollapseGuard::skill(double metric) const {
    return higher_is_better_ ? (metric - chance_) / (1.0 - chance_) : (chance_ - metric) / chance_;
}

std::optional<std::string> CollapseGuard::judge(const Trainer::Evaluation& evaluation, double loss) {
    if (!std::isfinite(loss)) return "the loss is no longer a number";
    const double now = skill(evaluation.point.metric);
    if (best_skill_ > 0.0) {
        const std::vector<std::size_t>& live_weights = evaluation.calibration.live_weights;
        for (std::size_t layer = 0; layer < live_weights.size(); ++layer) {
            if (live_weights[layer] == 0) return "every weight of kernel " + std::to_string(layer + 1) + " is dead";
        }
        if (now < least_skill * best_skill_) return "the network fell to chance";
        if (good_ebops_ > 0.0 && evaluation.point.ebops > most_growth * good_ebops_) return "the cost exploded";
    }
    best_skill_ = std::max(best_skill_, now);
    good_ebops_ = evaluation.point.ebops;
    return std::nullopt;
}

} // namespace bitgrain::nn
