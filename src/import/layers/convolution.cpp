#include "import/layers/convolution.hpp"

#include "import/layers/linear.hpp"
#include "import/layers/table.hpp"

#include <memory>

namespace bitgrain::import {

Padding read_padding(Context& context) {
    return static_cast<Padding>(context.config().choice("padding", {"valid", "same"}));
}

std::vector<std::size_t> Convolution::output_shape() const {
    std::vector<std::size_t> shape = window.output_shape;
    shape.push_back(filters);
    return shape;
}

std::vector<Block> Convolution::blocks(const std::vector<double>& kernel, const std::vector<double>& bias) const {
    std::vector<Block> list(window.positions());
    for (std::size_t p = 0; p < list.size(); ++p) {
        for (const std::int64_t at : window.taps[p]) {
            for (std::size_t c = 0; c < channels; ++c)
                list[p].inputs.push_back(
                    at < 0 ? -1 : at * static_cast<std::int64_t>(channels) + static_cast<std::int64_t>(c));
        }
        list[p].weights = kernel; // [taps][channels][filters], the order of Keras
        for (std::size_t f = 0; f < filters; ++f) {
            list[p].outputs.push_back(p * filters + f);
            list[p].bias.push_back(bias[p * filters + f]);
        }
    }
    return list;
}

Convolution read_convolution(Context& context, std::size_t rank) {
    const std::vector<std::size_t>& shape = context.input().shape;
    if (shape.size() != rank + 1) context.fail("the input has " + std::to_string(shape.size()) + " axes");
    context.require("data_format", "channels_last");
    context.require("groups", 1);
    Convolution result;
    result.filters = context.config().get<std::size_t>("filters");
    result.channels = shape.back();
    const std::vector<std::size_t> size = context.sizes("kernel_size", rank);
    result.window = slide({shape.begin(), shape.end() - 1}, size, context.sizes("strides", rank),
                          context.sizes("dilation_rate", rank), read_padding(context), context.where());
    result.kernel_shape = size;
    result.kernel_shape.push_back(result.channels);
    result.kernel_shape.push_back(result.filters);
    return result;
}

namespace {

Tensor convolution(Context& context, std::size_t rank) {
    ignore_training(context);
    const auto shared = std::make_shared<const Convolution>(read_convolution(context, rank));
    std::vector<std::string> names{"kernel"};
    const bool biased = context.config().get<bool>("use_bias");
    if (biased) names.emplace_back("bias");
    for (const std::string& name : context.counters())
        names.push_back(name);
    auto stored = context.take(names);
    require_shape(stored.at("kernel"), shared->kernel_shape, "kernel", context.where());
    if (biased) require_shape(stored.at("bias"), {shared->filters}, "bias", context.where());
    Linear layer;
    layer.output_shape = shared->output_shape();
    layer.positions = shared->window.positions();
    layer.kernel = stored.at("kernel");
    if (biased) layer.bias = stored.at("bias");
    layer.bias_uses = elements(shared->window.input_shape) * shared->filters; // as HGQ2 counts
    layer.bias_shared = false;
    layer.blocks = [shared](const auto& kernel, const auto& bias) { return shared->blocks(kernel, bias); };
    return linear(context, layer);
}

} // namespace

Tensor convolution_1d(Context& context) {
    return convolution(context, 1);
}

Tensor convolution_2d(Context& context) {
    return convolution(context, 2);
}

} // namespace bitgrain::import
