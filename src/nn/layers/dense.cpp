// Dense layer (method, 8.1 and 9):  xq = iq(x);  y = act(xq kq(W') + bq(b')).
// W' is W with the pending standardisation and the batch-norm scale folded in: the widths are learned for the kernel
// that the hardware has. b' takes the means in the same way.
#include "nn/layers/layer.hpp"

#include <cmath>

namespace bitgrain::nn {

namespace {

/// Glorot uniform, as Keras initialises dense kernels.
std::vector<float> initial_kernel(Random& random, std::size_t in, std::size_t out) {
    const double limit = std::sqrt(6.0 / static_cast<double>(in + out));
    std::vector<float> kernel(in * out);
    for (float& weight : kernel)
        weight = static_cast<float>(random.uniform(-limit, limit));
    return kernel;
}

} // namespace

Tensor dense_layer(LayerContext& context, const std::vector<Tensor>& in) {
    Graph& graph = context.graph;
    JsonReader& reader = context.reader;
    const std::string& name = context.name;
    const auto units = reader.get<std::size_t>("units");
    const bool has_relu = reader.choice("activation", {"linear", "relu"}, 0) == 1;
    const bool has_norm = reader.get("batch_norm", false);
    const bool has_bias = reader.get("bias", true) || in[0].pending.has_value();
    if (units == 0) reader.fail("units must be at least 1");
    if (in[0].shape.size() != 1) {
        reader.fail("a dense layer needs one axis, its input has " + std::to_string(in[0].shape.size()),
                    "put a flatten layer before it");
    }

    const Tensor x = context.quantized_input(in[0], "input");
    const std::size_t size = x.size();

    const std::size_t kernel_slice =
        context.parameters.add({name + ".kernel"}, initial_kernel(context.random, size, units));
    Var weights = parameter(graph, name, kernel_slice, size * units);
    std::vector<double> mean;
    if (in[0].pending) {
        std::vector<double> factor;
        for (const double deviation : in[0].pending->deviation)
            factor.push_back(1.0 / deviation);
        weights = scale_rows(graph, name, weights, factor);
        mean = in[0].pending->mean;
    }

    std::optional<Var> bias;
    if (has_bias || has_norm) {
        bias = parameter(graph, name, context.parameters.add({name + ".bias"}, std::vector<float>(units, 0.0F)), units);
    }
    if (has_norm) {
        const Var z = affine(graph, name, x.var, weights, std::nullopt);
        std::vector<float> start(2 * units, 0.0F);
        std::fill(start.begin() + static_cast<std::ptrdiff_t>(units), start.end(), 1.0F);
        const std::size_t moving = context.parameters.add({name + ".moving"}, start);
        const Var statistics = batch_statistics(graph, name, z, moving, 0.99);
        const Var gamma =
            parameter(graph, name, context.parameters.add({name + ".gamma"}, std::vector<float>(units, 1.0F)), units);
        const Var scale = norm_scale(graph, name, gamma, statistics, 1e-3);
        weights = scale_columns(graph, name, weights, scale);
        bias = norm_shift(graph, name, *bias, statistics, scale); // the batch mean includes the inputs' means
    }

    CostTerm cost;
    cost.outputs = units;
    const auto count = [&](const QuantizerVars& vars) {
        cost.quantizers.push_back(vars.number);
        cost.width_vars.push_back(vars.width);
    };
    count(*x.quantizer);
    const QuantizerVars kernel =
        context.add_quantizer("kernel", {size, units}, *context.settings("kernel_quantizer", context.defaults.kernel));
    count(kernel);
    weights = quantize(graph, name, weights, kernel);
    if (bias) {
        if (!mean.empty() && !has_norm) bias = fold_mean(graph, name, *bias, weights, mean);
        const QuantizerVars vars =
            context.add_quantizer("bias", {units}, *context.settings("bias_quantizer", context.defaults.bias));
        count(vars);
        bias = quantize(graph, name, *bias, vars);
    }
    context.cost.push_back(cost);

    Tensor y;
    y.shape = {units};
    y.var = affine(graph, name, x.var, weights, bias);
    if (has_relu) y.var = relu(graph, name, y.var);
    return y;
}

} // namespace bitgrain::nn
