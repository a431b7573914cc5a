#include "nn/layers/kernel.hpp"

namespace bitgrain::nn {

Tensor dense_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const Tensor x = context.quantized_input(in[0], "input");
    Kernel kernel;
    kernel.in_axes = {x.shape.back()};
    if (x.shape.size() == 1) {
        kernel.windows = one_window(x.size());
    } else { // the same kernel along the last axis, at every place of the others
        kernel.whole = true;
        kernel.out_positions.assign(x.shape.begin(), x.shape.end() - 1);
        kernel.windows.depth = x.shape.back();
        for (std::size_t e = 0; e < x.whole_size(); e += x.shape.back())
            kernel.windows.start.push_back(static_cast<std::uint32_t>(e));
    }
    return kernel_layer(context, in[0], x, x.var, std::move(kernel));
}

} // namespace bitgrain::nn
