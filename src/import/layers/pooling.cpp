// Maximum and average pooling, windowed and global, of Keras and with an input quantizer of HGQ2.
#include "import/layers/convolution.hpp"
#include "import/layers/table.hpp"

#include <cmath>

namespace bitgrain::import {

namespace {

struct Kind {
    bool quantised, global, average;
    std::size_t rank;
};

Kind kind_of(const std::string& name) {
    return {name.starts_with('Q'), name.find("Global") != std::string::npos, name.find("Average") != std::string::npos,
            name.ends_with("1D") ? std::size_t{1} : std::size_t{2}};
}

Window read_window(Context& context, const Kind& kind, const std::vector<std::size_t>& spatial) {
    const std::vector<std::size_t> ones(kind.rank, 1);
    if (kind.global) return slide(spatial, spatial, ones, ones, Padding::valid, context.where());
    const std::vector<std::size_t> size = context.sizes("pool_size", kind.rank);
    const bool own_stride = context.config().has("strides") && !context.config().at("strides").json().is_null();
    const Padding padding = read_padding(context);
    if (padding == Padding::same && kind.average) {
        context.fail("this padding is not supported for pooling", "supported: valid, and same for the maximum");
    }
    return slide(spatial, size, own_stride ? context.sizes("strides", kind.rank) : size, ones, padding,
                 context.where());
}

/// Elements of each window, channel by channel.
std::vector<std::int64_t> elements_of(const Window& window, std::size_t channels) {
    std::vector<std::int64_t> index;
    for (const auto& taps : window.taps) {
        std::int64_t inside = -1; // stands in for the padding: it does not change a maximum
        for (const std::int64_t at : taps)
            inside = inside < 0 ? at : inside;
        for (std::size_t c = 0; c < channels; ++c) {
            for (const std::int64_t at : taps) {
                index.push_back((at < 0 ? inside : at) * static_cast<std::int64_t>(channels) +
                                static_cast<std::int64_t>(c));
            }
        }
    }
    return index;
}

} // namespace

Tensor pool(Context& context) {
    const Kind kind = kind_of(context.layer().class_name);
    context.require("data_format", "channels_last");
    const std::vector<std::size_t> shape = context.input().shape;
    if (shape.size() != kind.rank + 1) context.fail("the input has " + std::to_string(shape.size()) + " axes");
    const std::size_t channels = shape.back();
    const Window window = read_window(context, kind, {shape.begin(), shape.end() - 1});
    Tensor x = context.input();
    if (kind.quantised) {
        context.take(context.counters());
        std::vector<double> bits;
        x = context.quantized_input(bits);
        double ebops = 0;
        for (const double b : bits)
            ebops += b;
        context.count(ebops, window.positions());
    }
    std::vector<std::size_t> result = window.output_shape;
    if (kind.global) result.assign(context.config().get<bool>("keepdims") ? kind.rank : 0, 1);
    result.push_back(channels);
    Builder& builder = context.builder();
    std::vector<std::size_t> groups = result;
    groups.push_back(window.size);
    const Tensor sorted = builder.gather(context.name(), {x}, elements_of(window, channels), groups);
    Tensor y =
        builder.reduce(context.name(), sorted, kind.average ? model::Reduce::Kind::sum : model::Reduce::Kind::max);
    if (kind.average) {
        const double factor = 1.0 / static_cast<double>(window.size);
        int exponent = 0;
        if (std::frexp(factor, &exponent) != 0.5) {
            context.fail("averages " + std::to_string(window.size) + " values, not a power of two",
                         "such an average has no exact fixed-point form");
        }
        y = builder.scale(context.name(), y, std::vector<double>(y.size(), factor), std::vector<double>(y.size(), 0.0));
    }
    return kind.quantised ? context.finish(y) : y;
}

} // namespace bitgrain::import
