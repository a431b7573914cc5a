#include "nn/schedule.hpp"

#include <cmath>
#include <numbers>

namespace bitgrain::nn {

double LearningRate::at(double epoch) const {
    const double cycle = std::floor(epoch / period), t = epoch / period - cycle;
    return floor + 0.5 * (start - floor) * (1.0 + std::cos(std::numbers::pi * t)) * std::pow(decay, cycle);
}

double BetaSchedule::at(double epoch) const {
    if (knots.empty()) return 0.0;
    if (epoch <= knots.front().epoch) return knots.front().beta;
    for (std::size_t i = 1; i < knots.size(); ++i) {
        if (epoch >= knots[i].epoch) continue;
        const Knot &a = knots[i - 1], &b = knots[i];
        const double t = (epoch - a.epoch) / (b.epoch - a.epoch);
        return a.logarithmic ? a.beta * std::pow(b.beta / a.beta, t) : a.beta + (b.beta - a.beta) * t;
    }
    return knots.back().beta;
}

} // namespace bitgrain::nn
