// Sliding windows over one or two axes: which inputs each output position sees. Channels come last.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::model {

struct Window {
    std::vector<std::size_t> input_shape;  ///< spatial axes
    std::vector<std::size_t> output_shape; ///< spatial axes
    std::vector<std::size_t> before;       ///< padding in front of each axis
    std::vector<std::size_t> padded_shape; ///< spatial axes with all padding
    std::size_t size = 1;                  ///< taps of the window
    /// Per output position and tap: the input position, -1 in the padding.
    std::vector<std::vector<std::int64_t>> taps;

    std::size_t positions() const { return taps.size(); }
};

enum class Padding { valid, same };

/// Strides and dilation per axis. `same` pads as Keras does, the odd element behind. Error when nothing is left of the
/// input.
Window slide(const std::vector<std::size_t>& spatial, const std::vector<std::size_t>& size,
             const std::vector<std::size_t>& stride, const std::vector<std::size_t>& dilation, Padding padding,
             const std::string& where);

} // namespace bitgrain::model
