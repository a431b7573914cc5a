#include "nn/layers/layer.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::nn {

std::size_t Tensor::size() const {
    std::size_t product = 1;
    for (const std::size_t extent : shape)
        product *= extent;
    return product;
}

std::optional<QuantizerSettings> LayerContext::settings(const std::string& key, const QuantizerSettings& base) {
    if (!reader.has(key)) return base;
    const JsonReader field = reader.at(key);
    if (field.json().is_string() && field.json() == "none") return std::nullopt;
    return read_quantizer(field, base);
}

QuantizerVars LayerContext::add_quantizer(const std::string& suffix, const std::vector<std::size_t>& shape,
                                          const QuantizerSettings& settings) {
    graph.add_quantizer(std::make_unique<Quantizer>(name + "." + suffix, shape, settings, parameters));
    return quantizer_vars(graph, graph.quantizers().size() - 1);
}

Tensor LayerContext::quantized_input(const Tensor& x, const std::string& suffix) {
    QuantizerSettings base = defaults.activation;
    if (x.var.id == data.id && integral_input) base.max_fraction = std::min(base.max_fraction, 0.0);
    if (x.quantizer && !reader.has("input_quantizer")) return x;
    const auto chosen = settings("input_quantizer", base);
    if (!chosen) {
        if (x.quantizer) return x;
        reader.fail("the input of this layer has no quantizer",
                    "leave out \"input_quantizer\" or put a quantize layer before it");
    }
    Tensor y = x;
    y.quantizer = add_quantizer(suffix, x.shape, *chosen);
    y.var = quantize(graph, name, x.var, *y.quantizer);
    return y;
}

const std::vector<LayerType>& layer_table() {
    static const std::vector<LayerType> table{
        {"dense", "y = activation(x W + b), batch normalisation folded in on request", 1, 1, dense_layer},
        {"relu", "max(x, 0)", 1, 1, relu_layer},
        {"quantize", "trainable widths on a value", 1, 1, quantize_layer},
        {"flatten", "the same elements with one axis", 1, 1, flatten_layer},
        {"add", "sum of equally shaped inputs, each with its own quantizer", 2, 64, add_layer},
        {"concat", "all elements of all inputs, in order", 2, 64, concat_layer},
    };
    return table;
}

} // namespace bitgrain::nn
