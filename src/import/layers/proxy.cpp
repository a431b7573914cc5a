// HGQ 1 proxy networks: plain Keras layers whose weights are on their grids already, with a FixedPointQuantizer after
// each (method, sections 8 and 13).
#include "fx/arithmetic.hpp"
#include "import/layers/convolution.hpp"
#include "import/layers/linear.hpp"
#include "import/layers/table.hpp"

#include <cmath>

namespace bitgrain::import {

namespace {

/// Weights of a proxy have few bits; float32 noise has 24. A network that was never quantised must not pass for one.
constexpr int max_weight_bits = 18;

Tensor plain(Context& context, const std::vector<std::size_t>& kernel_shape, const std::vector<std::size_t>& shape,
             const BlocksOf& blocks) {
    ignore_training(context);
    std::vector<std::string> names{"kernel"};
    const bool biased = context.config().get<bool>("use_bias");
    if (biased) names.emplace_back("bias");
    auto stored = context.take(names);
    const Array& kernel = stored.at("kernel");
    require_shape(kernel, kernel_shape, "kernel", context.where());
    std::vector<double> bias(elements(shape), 0.0);
    if (biased) {
        require_shape(stored.at("bias"), {kernel_shape.back()}, "bias", context.where());
        bias = broadcast(stored.at("bias"), shape, context.where()).values;
    }
    for (const auto& [name, array] : stored) {
        for (const double value : array.values) {
            if (!std::isfinite(value)) context.fail("a weight is not a finite number");
            if (fx::magnitude_bits(fx::to_dyadic(value).code) > max_weight_bits) {
                context.fail("the weights are not quantised",
                             "plain layers of Keras are for HGQ 1 proxies only: use the layer of HGQ2, Q" +
                                 context.layer().class_name);
            }
        }
    }
    context.count_weights(kernel.values);
    return context.finish(
        context.builder().blocks(context.name(), context.input(), blocks(kernel.values, bias), shape));
}

int width(double value, Context& context) {
    if (!(std::abs(value) <= 200) || value != std::floor(value)) context.fail("a stored width is no number of bits");
    return static_cast<int>(value);
}

} // namespace

Tensor proxy_dense(Context& context) {
    const std::vector<std::size_t> shape = context.input().shape;
    const auto units = context.config().get<std::size_t>("units");
    if (shape.size() != 1) context.fail("the input has " + std::to_string(shape.size()) + " axes, expected one");
    return plain(context, {shape[0], units}, {units}, [&](const auto& kernel, const auto& bias) {
        Block block;
        for (std::size_t i = 0; i < shape[0]; ++i)
            block.inputs.push_back(static_cast<std::int64_t>(i));
        for (std::size_t j = 0; j < units; ++j)
            block.outputs.push_back(j);
        block.weights = kernel;
        block.bias = bias;
        return std::vector<Block>{block};
    });
}

Tensor proxy_convolution(Context& context) {
    const Convolution c = read_convolution(context, context.layer().class_name == "Conv1D" ? 1 : 2);
    return plain(context, c.kernel_shape, c.output_shape(),
                 [&](const auto& kernel, const auto& bias) { return c.blocks(kernel, bias); });
}

Tensor proxy_quantizer(Context& context) {
    const Tensor x = context.input();
    JsonReader& config = context.config();
    const std::size_t round = config.choice("RND", {"TRN", "RND", "RND_CONV"});
    const std::size_t overflow = config.choice("SAT", {"WRAP", "SAT", "SAT_SYM"});
    context.ignore({"shape", "overrides", "fusible"}); // what hls4ml should do with it
    auto stored = context.take({"keep_negative", "bits", "integers"});
    const auto widths = [&](const std::string& name) {
        Array array = stored.at(name);
        if (array.shape.size() == x.shape.size() + 1 && array.shape.front() == 1)
            array.shape.erase(array.shape.begin());
        return broadcast(array, x.shape, context.where());
    };
    const Array sign = widths("keep_negative"), bits = widths("bits"), integers = widths("integers");
    std::vector<fx::Cast> casts;
    for (std::size_t e = 0; e < x.size(); ++e) {
        fx::Cast cast{{}, static_cast<fx::Round>(round), static_cast<fx::Overflow>(overflow)};
        if (sign.values[e] != 0 && sign.values[e] != 1) context.fail("a stored sign is neither 0 nor 1");
        const int k = width(sign.values[e], context);
        const int total = width(bits.values[e], context), above = width(integers.values[e], context);
        if (total > 0) cast.format = {k == 1, above - k, total - above}; // "integers" counts the sign
        casts.push_back(cast);
    }
    return context.builder().cast(context.name(), x, std::move(casts));
}

} // namespace bitgrain::import
