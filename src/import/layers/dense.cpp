// QDense: y = act(x W + b) over the last axis. QBatchNormDense: the batch norm of the input folded into W and b.
#include "import/layers/linear.hpp"
#include "import/layers/table.hpp"

#include <cmath>

namespace bitgrain::import {

namespace {

std::vector<Block> rows(std::size_t positions, std::size_t in, std::size_t out, const std::vector<double>& kernel,
                        const std::vector<double>& bias) {
    std::vector<Block> list(positions);
    for (std::size_t p = 0; p < positions; ++p) {
        for (std::size_t i = 0; i < in; ++i)
            list[p].inputs.push_back(static_cast<std::int64_t>(p * in + i));
        for (std::size_t j = 0; j < out; ++j) {
            list[p].outputs.push_back(p * out + j);
            list[p].bias.push_back(bias[p * out + j]);
        }
        list[p].weights = kernel;
    }
    return list;
}

Linear dense_layer(Context& context, Array kernel, std::optional<Array> bias) {
    const std::size_t units = context.config().get<std::size_t>("units");
    const std::vector<std::size_t>& shape = context.input().shape;
    const std::size_t in = shape.back();
    require_shape(kernel, {in, units}, "kernel", context.where());
    if (bias) require_shape(*bias, {units}, "bias", context.where());
    Linear layer;
    layer.output_shape = shape;
    layer.output_shape.back() = units;
    layer.positions = elements(shape) / in;
    layer.kernel = std::move(kernel);
    layer.bias = std::move(bias);
    layer.blocks = [in, units, positions = layer.positions](const auto& k, const auto& b) {
        return rows(positions, in, units, k, b);
    };
    return layer;
}

} // namespace

Tensor dense(Context& context) {
    ignore_training(context);
    std::vector<std::string> names{"kernel"};
    const bool biased = context.config().get<bool>("use_bias");
    if (biased) names.emplace_back("bias");
    for (const std::string& name : context.counters())
        names.push_back(name);
    auto stored = context.take(names);
    std::optional<Array> bias;
    if (biased) bias = stored.at("bias");
    return linear(context, dense_layer(context, stored.at("kernel"), bias));
}

// The input is normalised: row j of the kernel gets the factor of input j. HGQ2 subtracts the mean times the kernel
// without the factor; its function is what counts (method, section 9).
Tensor dense_batch_norm(Context& context) {
    ignore_training(context);
    context.ignore({"momentum", "bn_gamma_initializer", "moving_mean_initializer", "moving_variance_initializer",
                    "bn_gamma_regularizer", "bn_gamma_constraint", "synchronized"});
    context.require("use_bias", true);
    const double epsilon = context.config().get<double>("epsilon");
    const bool scaled = context.config().get<bool>("scale");
    std::vector<std::string> names{"kernel", "bias"};
    if (scaled) names.emplace_back("bn_gamma");
    for (const std::string& name : context.counters())
        names.push_back(name);
    names.insert(names.end(), {"moving_mean", "moving_variance"});
    auto stored = context.take(names);
    Array kernel = stored.at("kernel"), bias = stored.at("bias");
    const Array &mean = stored.at("moving_mean"), &variance = stored.at("moving_variance");
    const std::size_t in = context.input().shape.back();
    require_shape(mean, {in}, "mean", context.where());
    require_shape(variance, {in}, "variance", context.where());
    if (scaled) require_shape(stored.at("bn_gamma"), {in}, "scale", context.where());
    const std::size_t units = bias.size();
    require_shape(kernel, {in, units}, "kernel", context.where());
    for (std::size_t i = 0; i < in; ++i) {
        const double factor =
            (scaled ? stored.at("bn_gamma").values[i] : 1.0) / std::sqrt(variance.values[i] + epsilon);
        for (std::size_t j = 0; j < units; ++j) {
            bias.values[j] -= mean.values[i] * kernel.values[i * units + j];
            kernel.values[i * units + j] *= factor;
        }
    }
    return linear(context, dense_layer(context, kernel, bias));
}

} // namespace bitgrain::import
