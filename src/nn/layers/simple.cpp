// The layers that are one or two graph ops.
#include "base/error.hpp"
#include "nn/layers/layer.hpp"

#include <numeric>

namespace bitgrain::nn {

namespace {

void refuse_pending(const LayerContext& context, const Tensor& x) {
    if (x.pending) {
        context.reader.fail("standardised inputs can only be folded into a dense layer",
                            "put the dense layer first or set data.standardise to false");
    }
}

} // namespace

Tensor relu_layer(LayerContext& context, const std::vector<Tensor>& in) {
    refuse_pending(context, in[0]);
    Tensor y = in[0];
    y.var = relu(context.graph, context.name, in[0].var);
    return y;
}

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

Tensor add_layer(LayerContext& context, const std::vector<Tensor>& in) {
    CostTerm cost;
    cost.kind = CostTerm::Kind::add;
    cost.beta_factor = context.beta_factor();
    std::vector<Var> vars;
    for (std::size_t k = 0; k < in.size(); ++k) {
        refuse_pending(context, in[k]);
        if (in[k].shape != in[0].shape) context.reader.fail("the inputs of an add layer must have the same shape");
        CHECK(in[k].live == in[0].live, "compaction keeps the inputs of an add layer alike");
        const Tensor x = context.quantized_input(in[k], "input_" + std::to_string(k));
        vars.push_back(x.var);
        cost.quantizers.push_back(x.quantizer->number);
        cost.width_vars.push_back(x.quantizer->width);
    }
    context.cost.push_back(cost);
    Tensor y;
    y.shape = in[0].shape;
    y.live = in[0].live;
    y.var = add(context.graph, context.name, vars);
    return y;
}

Tensor concat_layer(LayerContext& context, const std::vector<Tensor>& in) {
    Tensor y;
    y.shape = {0};
    std::vector<Var> vars;
    for (const Tensor& x : in) {
        refuse_pending(context, x);
        if (x.shape.size() != 1)
            context.reader.fail("the inputs of a concat layer must have one axis", "put flatten layers before it");
        vars.push_back(x.var);
        for (std::size_t e = 0; e < x.size(); ++e)
            y.live.push_back(static_cast<std::uint32_t>(y.shape[0] + x.whole(e)));
        y.shape[0] += x.shape[0];
    }
    if (y.live.size() == y.shape[0]) y.live.clear();
    std::vector<std::size_t> index(y.size());
    std::iota(index.begin(), index.end(), std::size_t{0});
    y.var = gather(context.graph, context.name, vars, index);
    return y;
}

} // namespace bitgrain::nn
