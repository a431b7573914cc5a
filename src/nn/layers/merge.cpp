// Layers that combine equally shaped values element by element, and the dot product. Each input has its own quantizer;
// the cost is HGQ2's (method, 6.2).
#include "base/error.hpp"
#include "nn/layers/layer.hpp"

namespace bitgrain::nn {

namespace {

/// The inputs after their quantizers. The cost's groups are the inputs' elements of the same place.
std::vector<Var> merge(LayerContext& context, const std::vector<Tensor>& in, CostTerm::Kind kind, double factor) {
    CostTerm cost;
    cost.kind = kind;
    cost.factor = factor;
    cost.beta_factor = context.beta_factor();
    cost.group_size = in.size();
    std::vector<Var> vars;
    for (std::size_t k = 0; k < in.size(); ++k) {
        context.refuse_pending(in[k]);
        if (in[k].shape != in[0].shape) context.reader.fail("the inputs of this layer must have the same shape");
        CHECK(in[k].live == in[0].live, "compaction keeps inputs that are merged alike");
        const Tensor x = context.quantized_input(in[k], "input_" + std::to_string(k));
        vars.push_back(x.var);
        cost.quantizers.push_back(x.quantizer->number);
        cost.width_vars.push_back(x.quantizer->width);
    }
    for (std::uint32_t e = 0; e < in[0].size(); ++e) {
        for (std::uint32_t k = 0; k < in.size(); ++k)
            cost.groups.push_back({k, e});
    }
    context.cost.push_back(std::move(cost));
    return vars;
}

Tensor result(const Tensor& like, Var var) {
    Tensor y;
    y.var = var;
    y.shape = like.shape;
    y.live = like.live;
    return y;
}

Var largest(LayerContext& context, const std::vector<Var>& in) {
    const std::size_t size = context.graph.size(in[0]);
    std::vector<std::int64_t> index;
    for (std::size_t e = 0; e < size; ++e) {
        for (std::size_t k = 0; k < in.size(); ++k)
            index.push_back(static_cast<std::int64_t>(k * size + e));
    }
    const Var groups = gather(context.graph, context.name, in, index);
    return reduce(context.graph, context.name, groups, model::Reduce::Kind::max, in.size());
}

} // namespace

Tensor add_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const auto vars = merge(context, in, CostTerm::Kind::all_but_least, addition_factor);
    return result(in[0], add(context.graph, context.name, vars));
}

Tensor average_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const Tensor sum = add_layer(context, in);
    return result(sum, scale(context.graph, context.name, sum.var, average_factor(in.size())));
}

Tensor dot_layer(LayerContext& context, const std::vector<Tensor>& in) {
    context.whole = true;
    const Var products = multiply_layer(context, in).var;
    Tensor y;
    y.shape.assign(in[0].shape.begin(), in[0].shape.end() - 1);
    if (y.shape.empty()) y.shape = {1};
    y.var = reduce(context.graph, context.name, products, model::Reduce::Kind::sum, in[0].shape.back());
    return y;
}

Tensor subtract_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const auto vars = merge(context, in, CostTerm::Kind::greatest, 1.0);
    const Var negative = scale(context.graph, context.name, vars[1], -1.0);
    return result(in[0], add(context.graph, context.name, {vars[0], negative}));
}

Tensor multiply_layer(LayerContext& context, const std::vector<Tensor>& in) {
    const auto vars = merge(context, in, CostTerm::Kind::product, 1.0);
    return result(in[0], multiply(context.graph, context.name, vars[0], vars[1]));
}

Tensor maximum_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return result(in[0], largest(context, merge(context, in, CostTerm::Kind::all_but_least, 1.0)));
}

Tensor minimum_layer(LayerContext& context, const std::vector<Tensor>& in) {
    std::vector<Var> negative;
    for (const Var var : merge(context, in, CostTerm::Kind::all_but_least, 1.0))
        negative.push_back(scale(context.graph, context.name, var, -1.0));
    return result(in[0], scale(context.graph, context.name, largest(context, negative), -1.0));
}

} // namespace bitgrain::nn
