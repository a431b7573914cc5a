#include "nn/optimizer.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

void Adam::update(Parameters& parameters, std::span<const float> gradient, double learning_rate) {
    constexpr double decay_mean = 0.9, decay_square = 0.999;
    ++steps_;
    const double t = static_cast<double>(steps_);
    const auto rate = static_cast<float>(learning_rate * std::sqrt(1.0 - std::pow(decay_square, t)) /
                                         (1.0 - std::pow(decay_mean, t)));
    constexpr auto keep_mean = static_cast<float>(decay_mean), keep_square = static_cast<float>(decay_square);
    for (const ParameterSlice& slice : parameters.slices()) {
        float* __restrict value = parameters.values().data() + slice.offset;
        float* __restrict mean = mean_.data() + slice.offset, * __restrict square = square_.data() + slice.offset;
        const float* __restrict g = gradient.data() + slice.offset;
        const float lo = slice.lo, hi = slice.hi;
        for (std::size_t i = 0; i < slice.size; ++i) {
            mean[i] = keep_mean * mean[i] + (1.0F - keep_mean) * g[i];
            square[i] = keep_square * square[i] + (1.0F - keep_square) * g[i] * g[i];
            const float next = value[i] - rate * mean[i] / (std::sqrt(square[i]) + 1e-7F);
            value[i] = std::min(std::max(next, lo), hi);
        }
    }
}

} // namespace bitgrain::nn
