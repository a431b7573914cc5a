// What layers with a kernel have in common (method, 8.1 and 9):  xq = iq(x);  y = act(xq kq(W') + bq(b')).
// W' is W with the pending standardisation and the batch-norm scale folded in: the widths are learned for the kernel
// that the hardware has. b' takes the means in the same way.
#pragma once

#include "nn/layers/layer.hpp"

#include <string>
#include <vector>

namespace bitgrain::nn {

struct Kernel {
    std::string units_key = "units";        ///< "units", "filters": the layer's outputs at a position
    std::vector<std::size_t> in_axes;       ///< axes of the kernel but the last, which are the units
    std::vector<std::size_t> out_positions; ///< axes of the output but the last
    std::size_t uses = 1;                   ///< taps of a window: for the scale of the start values
    Windows windows;
    bool whole = false; ///< the layer is no part of compaction
};

/// `in`: the layer's input; x: the same after its quantizer; `read`: the elements that the windows point into.
Tensor kernel_layer(LayerContext& context, const Tensor& in, const Tensor& x, Var read, Kernel kernel);

} // namespace bitgrain::nn
