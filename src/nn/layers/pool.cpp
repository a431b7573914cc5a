// Layers that make one value of many of the same tensor: pooling, sums and means over axes. An average is the sum times
// a power of two, exact and free in hardware (method, 8.2). The cost is HGQ2's (6.2).
#include "model/builder.hpp"
#include "model/window.hpp"
#include "nn/layers/layer.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

namespace {

using Kind = model::Reduce::Kind;

/// index: the elements of each group, one group behind the other.
Tensor reduced(LayerContext& context, const Tensor& in, Kind kind, bool average, const CostTerm& price,
               const std::vector<std::int64_t>& index, std::vector<std::size_t> shape) {
    context.refuse_pending(in);
    context.whole = true;
    const Tensor x = context.quantized_input(in, "input");
    CostTerm cost = price;
    cost.beta_factor = context.beta_factor();
    cost.quantizers = {x.quantizer->number};
    cost.width_vars = {x.quantizer->width};
    context.cost.push_back(std::move(cost));

    Tensor y;
    y.shape = std::move(shape);
    const std::size_t size = index.size() / y.whole_size();
    const Var groups = gather(context.graph, context.name, {x.var}, index);
    y.var = reduce(context.graph, context.name, groups, kind, size);
    const double factor = average_factor(size);
    if (average && factor != 1.0) y.var = scale(context.graph, context.name, y.var, factor);
    return y;
}

Tensor pool(LayerContext& context, const Tensor& in, Kind kind) {
    JsonReader& reader = context.reader;
    const std::size_t rank = in.shape.size() - 1;
    if (rank < 1 || rank > 3) {
        reader.fail("needs an input of 2 to 4 axes with the channels last, not " + std::to_string(in.shape.size()),
                    "put a reshape layer before it, or give data.shape");
    }
    const std::vector<std::size_t> spatial(in.shape.begin(), in.shape.end() - 1);
    std::vector<std::size_t> size = spatial, strides(rank, 1);
    const bool global = reader.has("pool_size") && reader.at("pool_size").json() == "all";
    if (!global) {
        size = context.sizes("pool_size", rank, 2);
        strides = size;
        if (reader.has("strides")) strides = context.sizes("strides", rank, 1);
    }
    const auto padding = static_cast<model::Padding>(reader.choice("padding", {"valid", "same"}, 0));
    if (kind == Kind::sum && padding == model::Padding::same)
        reader.at("padding").fail("is not for averages", "use valid");
    const model::Window window =
        model::slide(spatial, size, strides, std::vector<std::size_t>(rank, 1), padding, reader.where());
    const auto channels = static_cast<std::int64_t>(in.shape.back());
    std::vector<std::int64_t> index;
    for (const auto& taps : window.taps) {
        const std::int64_t inside = *std::max_element(taps.begin(), taps.end()); // padding does not change a maximum
        for (std::int64_t c = 0; c < channels; ++c) {
            for (const std::int64_t tap : taps)
                index.push_back((tap < 0 ? inside : tap) * channels + c);
        }
    }
    std::vector<std::size_t> shape = global ? std::vector<std::size_t>{} : window.output_shape;
    shape.push_back(in.shape.back());
    CostTerm cost;
    cost.kind = CostTerm::Kind::all;
    for (std::uint32_t e = 0; e < in.whole_size(); ++e)
        cost.groups.push_back({0, e});
    return reduced(context, in, kind, kind == Kind::sum, cost, index, std::move(shape));
}

Tensor sum_over_axes(LayerContext& context, const Tensor& in, bool average) {
    JsonReader& reader = context.reader;
    const JsonReader field = reader.at("axes");
    const auto axes = field.json().is_array() ? field.as<std::vector<std::size_t>>()
                                              : std::vector<std::size_t>{field.as<std::size_t>()};
    std::vector<bool> summed(in.shape.size(), false);
    for (const std::size_t axis : axes) {
        if (axis >= in.shape.size() || summed[axis])
            field.fail("must name some of the " + std::to_string(in.shape.size()) + " axes, each once",
                       "axes count from 0, without the rows");
        summed[axis] = true;
    }
    std::vector<std::int64_t> outer{0}, inner{0}; // offsets of the axes that stay, and of those that are summed
    std::vector<std::size_t> shape;
    for (std::size_t a = 0; a < in.shape.size(); ++a) {
        for (std::int64_t& offset : outer)
            offset *= static_cast<std::int64_t>(in.shape[a]);
        for (std::int64_t& offset : inner)
            offset *= static_cast<std::int64_t>(in.shape[a]);
        std::vector<std::int64_t> next;
        for (const std::int64_t offset : summed[a] ? inner : outer) {
            for (std::size_t i = 0; i < in.shape[a]; ++i)
                next.push_back(offset + static_cast<std::int64_t>(i));
        }
        (summed[a] ? inner : outer) = std::move(next);
        if (!summed[a]) shape.push_back(in.shape[a]);
    }
    if (shape.empty()) shape = {1};
    CostTerm cost;
    cost.kind = CostTerm::Kind::all_but_least;
    cost.factor = addition_factor;
    cost.group_size = inner.size();
    std::vector<std::int64_t> index;
    for (const std::int64_t o : outer) {
        for (const std::int64_t i : inner) {
            index.push_back(o + i);
            cost.groups.push_back({0, static_cast<std::uint32_t>(o + i)});
        }
    }
    return reduced(context, in, Kind::sum, average, cost, index, std::move(shape));
}

} // namespace

double average_factor(std::size_t count) {
    return std::exp2(std::nearbyint(-std::log2(static_cast<double>(count))));
}

Tensor max_pool_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return pool(context, in[0], Kind::max);
}

Tensor average_pool_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return pool(context, in[0], Kind::sum);
}

Tensor sum_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return sum_over_axes(context, in[0], false);
}

Tensor mean_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return sum_over_axes(context, in[0], true);
}

} // namespace bitgrain::nn
