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
    float* value = parameters.values().data();
    float *mean = mean_.data(), *square = square_.data();
    for (std::size_t i = 0; i < gradient.size(); ++i) {
        const float g = gradient[i];
        mean[i] = keep_mean * mean[i] + (1.0F - keep_mean) * g;
        square[i] = keep_square * square[i] + (1.0F - keep_square) * g * g;
        value[i] -= rate * mean[i] / (std::sqrt(square[i]) + 1e-7F);
    }
    for (const ParameterSlice& slice : parameters.slices()) {
        for (std::size_t i = slice.offset; i < slice.offset + slice.size; ++i)
            value[i] = std::min(std::max(value[i], slice.lo), slice.hi);
    }
}

} // namespace bitgrain::nn
