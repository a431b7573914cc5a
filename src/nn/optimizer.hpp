// Adam as Keras writes it (Kingma, Ba 2015; the epsilon outside the bias correction), on one flat array.
#pragma once

#include "nn/parameters.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::nn {

class Adam {
  public:
    explicit Adam(std::size_t size) : mean_(size, 0.0F), square_(size, 0.0F) {}

    /// One update of all parameters; then every slice is clipped to its bounds.
    void update(Parameters& parameters, std::span<const float> gradient, double learning_rate);

    /// For checkpoints.
    std::vector<float>& mean() { return mean_; }
    std::vector<float>& square() { return square_; }
    std::int64_t& steps() { return steps_; }

  private:
    std::vector<float> mean_, square_;
    std::int64_t steps_ = 0;
};

} // namespace bitgrain::nn
