// Convolutions: the kernel of a dense layer at every position of a window. Padding adds zeros to the quantised input.
#include "model/builder.hpp"
#include "model/window.hpp"
#include "nn/layers/kernel.hpp"

namespace bitgrain::nn {

namespace {

/// Where the elements of the padded input come from, -1 for padding.
std::vector<std::int64_t> padding_index(const model::Window& window, std::size_t channels) {
    std::vector<std::int64_t> places{0}; // of the axes so far
    for (std::size_t a = 0; a < window.input_shape.size(); ++a) {
        std::vector<std::int64_t> next;
        for (const std::int64_t outer : places) {
            for (std::size_t i = 0; i < window.padded_shape[a]; ++i) {
                const bool inside = outer >= 0 && i >= window.before[a] && i < window.before[a] + window.input_shape[a];
                next.push_back(inside ? outer * static_cast<std::int64_t>(window.input_shape[a]) +
                                            static_cast<std::int64_t>(i - window.before[a])
                                      : -1);
            }
        }
        places = std::move(next);
    }
    std::vector<std::int64_t> index;
    for (const std::int64_t place : places) {
        for (std::size_t c = 0; c < channels; ++c)
            index.push_back(place < 0 ? -1
                                      : place * static_cast<std::int64_t>(channels) + static_cast<std::int64_t>(c));
    }
    return index;
}

Tensor convolution(LayerContext& context, const Tensor& in, std::size_t rank) {
    JsonReader& reader = context.reader;
    if (in.shape.size() != rank + 1) {
        reader.fail("needs an input of " + std::to_string(rank + 1) + " axes with the channels last, not " +
                        std::to_string(in.shape.size()),
                    "put a reshape layer before it, or give data.shape");
    }
    if (!reader.has("kernel_size")) reader.fail("needs kernel_size");
    const std::vector<std::size_t> spatial(in.shape.begin(), in.shape.end() - 1),
        size = context.sizes("kernel_size", rank, 1), strides = context.sizes("strides", rank, 1),
        dilation = context.sizes("dilation", rank, 1);
    const auto padding = static_cast<model::Padding>(reader.choice("padding", {"valid", "same"}, 0));
    const std::size_t channels = in.shape.back();
    const model::Window given = model::slide(spatial, size, strides, dilation, padding, reader.where());
    const model::Window window =
        model::slide(given.padded_shape, size, strides, dilation, model::Padding::valid, reader.where());

    const Tensor x = context.quantized_input(in, "input");
    Kernel kernel;
    kernel.units_key = "filters";
    kernel.whole = true;
    kernel.in_axes = size;
    kernel.in_axes.push_back(channels);
    kernel.out_positions = window.output_shape;
    kernel.uses = window.size;
    Var read = x.var;
    if (given.padded_shape != spatial) {
        const std::vector<std::int64_t> index = padding_index(given, channels);
        read = gather(context.graph, context.name, {x.var}, index);
        kernel.windows.source.assign(index.begin(), index.end());
    }
    // A row of the window is one segment, when its taps are neighbours.
    const std::size_t run = dilation.back() == 1 ? size.back() : 1;
    kernel.windows.depth = run * channels;
    kernel.windows.segments = window.size / run;
    for (const auto& taps : window.taps) {
        for (std::size_t t = 0; t < taps.size(); t += run)
            kernel.windows.start.push_back(static_cast<std::uint32_t>(taps[t]) * static_cast<std::uint32_t>(channels));
    }
    return kernel_layer(context, in, x, read, std::move(kernel));
}

} // namespace

Tensor conv1d_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return convolution(context, in[0], 1);
}

Tensor conv2d_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return convolution(context, in[0], 2);
}

Tensor conv3d_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return convolution(context, in[0], 3);
}

} // namespace bitgrain::nn
