#include "nn/layers/kernel.hpp"

#include "base/error.hpp"
#include "model/builder.hpp"
#include "nn/layers/activation.hpp"

#include <cmath>

namespace bitgrain::nn {

namespace {

/// Glorot uniform, as Keras initialises kernels.
std::vector<float> initial_kernel(Random& random, std::size_t in, std::size_t out, std::size_t uses) {
    const double limit = std::sqrt(6.0 / static_cast<double>(in + out * uses));
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

/// Mean and deviation of each row of the kernel, when its inputs are still to be standardised.
data::Standardisation of_rows(const LayerContext& context, const Tensor& x, const data::Standardisation& pending,
                              const Windows& windows) {
    data::Standardisation rows{std::vector<double>(windows.rows(), 0.0), std::vector<double>(windows.rows(), 1.0)};
    std::vector<bool> seen(windows.rows(), false);
    windows.each_use([&](std::size_t row, std::size_t e) {
        const double mean = pending.mean[x.whole(e)], deviation = pending.deviation[x.whole(e)];
        if (seen[row] && (rows.mean[row] != mean || rows.deviation[row] != deviation)) {
            context.reader.fail("one kernel reads features that are standardised differently",
                                "set data.standardise to \"channels\" or \"together\"");
        }
        seen[row] = true;
        rows.mean[row] = mean;
        rows.deviation[row] = deviation;
    });
    return rows;
}

} // namespace

Tensor kernel_layer(LayerContext& context, const Tensor& in, const Tensor& x, Var read, Kernel kernel) {
    Graph& graph = context.graph;
    JsonReader& reader = context.reader;
    const std::string& name = context.name;
    const auto units = reader.get<std::size_t>(kernel.units_key);
    const bool has_norm = reader.get("batch_norm", false);
    const bool has_bias = reader.get("bias", true) || in.pending.has_value();
    if (units == 0) reader.fail(kernel.units_key + " must be at least 1");

    Tensor y;
    y.shape = kernel.out_positions;
    y.shape.push_back(units);
    context.whole = kernel.whole;
    CHECK(!kernel.whole || x.live.empty(), "compaction leaves the inputs of this layer whole");
    if (const auto found = context.live.find(name); found != context.live.end()) y.keep(found->second);
    const Windows& windows = kernel.windows;
    const std::size_t size = windows.rows(), outputs = kernel.whole ? units : y.size();
    const std::vector<std::uint32_t> elements = kernel_elements(x, y.live, units);

    KernelParts parts;
    parts.batch_norm = has_norm;
    parts.kernel_slice =
        context.add_parameter(".kernel", elements, initial_kernel(context.random, size, outputs, kernel.uses));
    Var weights = parameter(graph, name, parts.kernel_slice, size * outputs);
    std::vector<double> mean;
    if (in.pending) {
        const data::Standardisation rows = of_rows(context, x, *in.pending, windows);
        mean = rows.mean;
        std::vector<double> factor;
        for (const double deviation : rows.deviation)
            factor.push_back(1.0 / deviation);
        weights = scale_rows(graph, name, weights, factor);
    }

    std::optional<Var> bias;
    if (has_bias || has_norm) {
        parts.bias_slice = context.add_parameter(".bias", y.live, std::vector<float>(outputs, 0.0F));
        bias = parameter(graph, name, parts.bias_slice, outputs);
    }
    if (has_norm) {
        const Var z = affine(graph, name, read, weights, std::nullopt, windows);
        std::vector<float> start(2 * outputs, 0.0F);
        std::fill(start.begin() + static_cast<std::ptrdiff_t>(outputs), start.end(), 1.0F);
        std::vector<std::uint32_t> both = y.live; // means, then variances
        for (const std::uint32_t unit : y.live)
            both.push_back(static_cast<std::uint32_t>(units) + unit);
        const Var statistics =
            batch_statistics(graph, name, z, outputs, context.add_parameter(".moving", both, start), 0.99);
        const Var gamma =
            parameter(graph, name, context.add_parameter(".gamma", y.live, std::vector<float>(outputs, 1.0F)), outputs);
        const Var scale = norm_scale(graph, name, gamma, statistics, 1e-3);
        weights = scale_columns(graph, name, weights, scale);
        bias = norm_shift(graph, name, *bias, statistics, scale); // the batch mean includes the inputs' means
    }

    CostTerm cost;
    cost.outputs = outputs;
    cost.windows = windows;
    cost.beta_factor = context.beta_factor();
    const auto count = [&](const QuantizerVars& vars) {
        cost.quantizers.push_back(vars.number);
        cost.width_vars.push_back(vars.width);
    };
    count(*x.quantizer);
    parts.input_quantizer = x.quantizer->number;
    std::vector<std::size_t> kernel_shape = kernel.in_axes;
    kernel_shape.push_back(units);
    const QuantizerVars kernel_vars = context.add_quantizer(
        "kernel", kernel_shape, *context.settings("kernel_quantizer", context.defaults.kernel), elements);
    count(kernel_vars);
    parts.kernel_quantizer = kernel_vars.number;
    weights = quantize(graph, name, weights, kernel_vars);
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
    parts.cost = context.cost.size();
    context.cost.push_back(cost);

    y.var = affine(graph, name, read, weights, bias, windows);
    const Activation activated = activation(context, y);
    parts.activation = activated.rectifier;
    context.kernel = parts;
    return activated.y;
}

} // namespace bitgrain::nn
