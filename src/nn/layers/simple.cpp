// The layers that are one graph op or none.
#include "model/builder.hpp"
#include "nn/layers/layer.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::nn {

Tensor quantize_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const auto y = context.quantized(in[0], "quantizer", "quantizer");
    if (!y) context.reader.fail("a quantize layer needs its quantizer", "leave out \"quantizer\" for the default");
    return *y;
}

Tensor flatten_layer(LayerContext&, const std::vector<Tensor>& in) {
    Tensor y = in[0];
    y.shape = {in[0].whole_size()};
    return y;
}

Tensor reshape_layer(LayerContext& context, const std::vector<Tensor>& in) {
    Tensor y = in[0];
    y.shape = context.reader.get<std::vector<std::size_t>>("shape");
    if (y.shape.empty() || y.whole_size() != in[0].whole_size()) {
        context.reader.at("shape").fail("has " + std::to_string(y.whole_size()) + " elements, the input " +
                                        std::to_string(in[0].whole_size()));
    }
    return y;
}

Tensor permute_layer(LayerContext& context, const std::vector<Tensor>& in) {
    context.refuse_pending(in[0]);
    context.refuse_raw_data(in[0]);
    context.whole = true;
    const std::vector<std::size_t>& shape = in[0].shape;
    const auto axes = context.reader.get<std::vector<std::size_t>>("axes");
    std::vector<std::size_t> sorted = axes, all(shape.size());
    std::sort(sorted.begin(), sorted.end());
    std::iota(all.begin(), all.end(), std::size_t{0});
    if (sorted != all) {
        context.reader.at("axes").fail("must name each of the " + std::to_string(shape.size()) + " axes once",
                                       "axes count from 0, without the rows");
    }
    std::vector<std::size_t> stride(shape.size(), 1);
    for (std::size_t a = shape.size() - 1; a-- > 0;)
        stride[a] = stride[a + 1] * shape[a + 1];
    Tensor y;
    std::vector<std::int64_t> index{0};
    for (const std::size_t axis : axes) {
        y.shape.push_back(shape[axis]);
        std::vector<std::int64_t> next;
        for (const std::int64_t outer : index) {
            for (std::size_t i = 0; i < shape[axis]; ++i)
                next.push_back(outer + static_cast<std::int64_t>(i * stride[axis]));
        }
        index = std::move(next);
    }
    y.var = gather(context.graph, context.name, {in[0].var}, index);
    return y;
}

Tensor concat_layer(LayerContext& context, const std::vector<Tensor>& in) {
    Tensor y;
    y.shape = {0};
    std::vector<Var> vars;
    for (const Tensor& x : in) {
        context.refuse_pending(x);
        context.refuse_raw_data(x);
        if (x.shape.size() != 1)
            context.reader.fail("the inputs of a concat layer must have one axis", "put flatten layers before it");
        vars.push_back(x.var);
        for (std::size_t e = 0; e < x.size(); ++e)
            y.live.push_back(static_cast<std::uint32_t>(y.shape[0] + x.whole(e)));
        y.shape[0] += x.shape[0];
    }
    if (y.live.size() == y.shape[0]) y.live.clear();
    std::vector<std::int64_t> index(y.size());
    std::iota(index.begin(), index.end(), std::int64_t{0});
    y.var = gather(context.graph, context.name, vars, index);
    return y;
}

} // namespace bitgrain::nn
