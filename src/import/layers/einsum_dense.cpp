// QEinsumDense and, with the batch norm of the result folded in, QEinsumDenseBatchnorm.
#include "import/layers/equation.hpp"
#include "import/layers/linear.hpp"
#include "import/layers/table.hpp"

#include <cmath>
#include <memory>

namespace bitgrain::import {

namespace {

/// HGQ2 does not use the layer's epsilon but the framework's (method, section 9).
constexpr double framework_epsilon = 1e-7;

struct Parts {
    std::map<std::string, Array> stored;
    std::optional<std::string> bias_axes;
    std::shared_ptr<const Equation> equation;
};

Parts read(Context& context, const std::vector<std::string>& before, const std::vector<std::string>& after) {
    ignore_training(context);
    Parts parts;
    JsonReader& config = context.config();
    if (config.has("bias_axes") && !config.at("bias_axes").json().is_null()) {
        parts.bias_axes = config.get<std::string>("bias_axes");
    }
    std::vector<std::string> names{"kernel"};
    if (parts.bias_axes) names.emplace_back("bias");
    names.insert(names.end(), before.begin(), before.end());
    for (const std::string& name : context.counters())
        names.push_back(name);
    names.insert(names.end(), after.begin(), after.end());
    parts.stored = context.take(names);
    parts.equation = std::make_shared<Equation>(config.get<std::string>("equation"), context.input().shape,
                                                parts.stored.at("kernel").shape, context.where());
    config.has("output_shape"); // follows from the equation and the kernel
    return parts;
}

Tensor make(Context& context, const Parts& parts) {
    Linear layer;
    layer.output_shape = parts.equation->output_shape();
    layer.positions = parts.equation->positions();
    layer.kernel = parts.stored.at("kernel");
    if (parts.bias_axes) layer.bias = parts.stored.at("bias");
    layer.blocks = [equation = parts.equation](const auto& kernel, const auto& bias) {
        return equation->blocks(kernel, bias);
    };
    return linear(context, layer);
}

} // namespace

Tensor einsum_dense(Context& context) {
    return make(context, read(context, {}, {}));
}

Tensor einsum_dense_batch_norm(Context& context) {
    Parts parts = read(context, {"gamma"}, {"moving_mean", "moving_variance"});
    if (!parts.bias_axes) context.fail("has no bias_axes, so nothing is normalised", "use QEinsumDense");
    for (const char letter : *parts.bias_axes) {
        if (!parts.equation->is_kernel_output(letter)) {
            context.fail(std::string("normalises axis ") + letter + ", which the kernel does not make");
        }
    }
    const Array& gamma = parts.stored.at("gamma");
    const Array &mean = parts.stored.at("moving_mean"), &variance = parts.stored.at("moving_variance");
    Array& bias = parts.stored.at("bias");
    for (const Array& array : {mean, variance, bias})
        require_shape(array, gamma.shape, "batch norm", context.where());
    Array factor{gamma.shape, {}};
    for (std::size_t i = 0; i < gamma.size(); ++i) {
        factor.values.push_back(gamma.values[i] / std::sqrt(variance.values[i] + framework_epsilon));
        bias.values[i] -= mean.values[i] * factor.values[i];
    }
    const Array factors = broadcast(factor, parts.equation->output_shape(), context.where());
    const std::vector<std::size_t> outputs = parts.equation->outputs_of_kernel();
    Array& kernel = parts.stored.at("kernel");
    for (std::size_t i = 0; i < kernel.size(); ++i)
        kernel.values[i] *= factors.values[outputs[i]];
    return make(context, parts);
}

} // namespace bitgrain::import
