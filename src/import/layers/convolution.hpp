// Convolutions, unrolled: one small matrix per output position.
#pragma once

#include "import/context.hpp"
#include "model/window.hpp"

#include <vector>

namespace bitgrain::import {

using model::Padding;
using model::slide;
using model::Window;

/// The key "padding".
Padding read_padding(Context& context);

struct Convolution {
    Window window;
    std::size_t channels = 1, filters = 1;

    std::vector<std::size_t> kernel_shape; ///< spatial sizes, channels, filters
    std::vector<std::size_t> output_shape() const;
    std::vector<Block> blocks(const std::vector<double>& kernel, const std::vector<double>& bias) const;
};

/// The keys that say what is convolved, for `rank` spatial axes.
Convolution read_convolution(Context& context, std::size_t rank);

} // namespace bitgrain::import
