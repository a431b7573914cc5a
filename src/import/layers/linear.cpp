#include "import/layers/linear.hpp"

namespace bitgrain::import {

void ignore_training(Context& context) {
    context.ignore({"kernel_initializer", "bias_initializer", "kernel_regularizer", "bias_regularizer",
                    "activity_regularizer", "kernel_constraint", "bias_constraint"});
    context.require("quantization_config", nullptr);
}

double product_bits(const std::vector<Block>& widths, const std::vector<double>& input_bits) {
    double total = 0;
    for (const Block& block : widths) {
        for (std::size_t i = 0; i < block.inputs.size(); ++i) {
            if (block.inputs[i] < 0) continue;
            double row = 0;
            for (std::size_t j = 0; j < block.outputs.size(); ++j)
                row += block.weights[i * block.outputs.size() + j];
            total += row * input_bits[static_cast<std::size_t>(block.inputs[i])];
        }
    }
    return total;
}

Tensor linear(Context& context, const Linear& layer) {
    std::vector<double> input_bits;
    const Tensor x = context.quantized_input(input_bits);
    const Quantizer kernel = context.quantizer("kq_conf", "kq", layer.kernel.shape);
    const std::vector<double> weights = kernel.apply(layer.kernel.values);
    context.count_weights(weights);
    const std::size_t outputs = elements(layer.output_shape);
    std::vector<double> bias(outputs, 0.0);
    double bias_bits = 0;
    context.config().has("bq_conf");
    if (layer.bias) {
        const Quantizer quantizer = context.quantizer("bq_conf", "bq", layer.bias->shape);
        bias = broadcast({layer.bias->shape, quantizer.apply(layer.bias->values)}, layer.output_shape, context.where())
                   .values;
        bias_bits = quantizer.mean_bits() * static_cast<double>(layer.bias_uses == 0 ? outputs : layer.bias_uses);
    }
    const double products = product_bits(layer.blocks(kernel.bits, std::vector<double>(outputs, 0.0)), input_bits);
    context.count(products + (layer.bias_shared ? bias_bits : 0.0), layer.positions,
                  layer.bias_shared ? 0.0 : bias_bits);
    return context.finish(context.builder().blocks(context.name(), x, layer.blocks(weights, bias), layer.output_shape));
}

} // namespace bitgrain::import
