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

/// Elements of the whole kernel that lie in live rows and columns; empty: all.
std::vector<std::uint32_t> kernel_elements(const Tensor& x, const std::vector<std::uint32_t>& columns,
                                           std::size_t units) {
    std::vector<std::uint32_t> elements;
    if (x.live.empty() && columns.empty()) return elements;
    const std::size_t count = columns.empty() ? units : columns.size();
    for (std::size_t i = 0; i < x.size(); ++i) {
        for (std::size_t o = 0; o < count; ++o)
            elements.push_back(static_cast<std::uint32_t>(x.whole(i) * units + (columns.empty() ? o : columns[o])));
    }
    return elements;
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
    Tensor y;
    y.shape = {units};
    if (const auto found = context.live.find(name); found != context.live.end()) y.live = found->second;
    const std::size_t size = x.size(), outputs = y.size();
    const std::vector<std::uint32_t> elements = kernel_elements(x, y.live, units);
    const auto add_parameter = [&](const std::string& suffix, const std::vector<std::uint32_t>& live,
                                   const std::vector<float>& start) {
        ParameterSlice slice;
        slice.name = name + suffix;
        slice.live = live;
        return context.parameters.add(std::move(slice), start);
    };

    DenseParts parts;
    parts.relu = has_relu;
    parts.batch_norm = has_norm;
    parts.kernel_slice = add_parameter(".kernel", elements, initial_kernel(context.random, size, outputs));
    Var weights = parameter(graph, name, parts.kernel_slice, size * outputs);
    std::vector<double> mean;
    if (in[0].pending) {
        std::vector<double> factor;
        for (std::size_t i = 0; i < size; ++i) {
            factor.push_back(1.0 / in[0].pending->deviation[x.whole(i)]);
            mean.push_back(in[0].pending->mean[x.whole(i)]);
        }
        weights = scale_rows(graph, name, weights, factor);
    }

    std::optional<Var> bias;
    if (has_bias || has_norm) {
        parts.bias_slice = add_parameter(".bias", y.live, std::vector<float>(outputs, 0.0F));
        bias = parameter(graph, name, parts.bias_slice, outputs);
    }
    if (has_norm) {
        const Var z = affine(graph, name, x.var, weights, std::nullopt);
        std::vector<float> start(2 * outputs, 0.0F);
        std::fill(start.begin() + static_cast<std::ptrdiff_t>(outputs), start.end(), 1.0F);
        std::vector<std::uint32_t> both = y.live; // means, then variances
        for (const std::uint32_t unit : y.live)
            both.push_back(static_cast<std::uint32_t>(units) + unit);
        const Var statistics = batch_statistics(graph, name, z, add_parameter(".moving", both, start), 0.99);
        const Var gamma =
            parameter(graph, name, add_parameter(".gamma", y.live, std::vector<float>(outputs, 1.0F)), outputs);
        const Var scale = norm_scale(graph, name, gamma, statistics, 1e-3);
        weights = scale_columns(graph, name, weights, scale);
        bias = norm_shift(graph, name, *bias, statistics, scale); // the batch mean includes the inputs' means
    }

    CostTerm cost;
    cost.outputs = outputs;
    cost.beta_factor = context.beta_factor();
    const auto count = [&](const QuantizerVars& vars) {
        cost.quantizers.push_back(vars.number);
        cost.width_vars.push_back(vars.width);
    };
    count(*x.quantizer);
    parts.input_quantizer = x.quantizer->number;
    const QuantizerVars kernel =
        context.add_quantizer("kernel", {in[0].whole_size(), units},
                              *context.settings("kernel_quantizer", context.defaults.kernel), elements);
    count(kernel);
    parts.kernel_quantizer = kernel.number;
    weights = quantize(graph, name, weights, kernel);
    parts.weights = weights;
    if (bias) {
        if (!mean.empty() && !has_norm) {
            bias = fold_mean(graph, name, *bias, weights, mean);
            parts.mean = mean;
        }
        parts.bias_sum = bias;
        const QuantizerVars vars =
            context.add_quantizer("bias", {units}, *context.settings("bias_quantizer", context.defaults.bias), y.live);
        count(vars);
        parts.bias_quantizer = vars.number;
        bias = quantize(graph, name, *bias, vars);
        parts.bias = bias;
    }
    context.cost.push_back(cost);
    context.dense = parts;

    y.var = affine(graph, name, x.var, weights, bias);
    if (has_relu) y.var = relu(graph, name, y.var);
    return y;
}

} // namespace bitgrain::nn
