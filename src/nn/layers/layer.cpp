#include "nn/layers/layer.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::nn {

std::size_t Tensor::whole_size() const {
    std::size_t product = 1;
    for (const std::size_t extent : shape)
        product *= extent;
    return product;
}

double LayerContext::beta_factor() {
    const auto factor = reader.get("beta_factor", 1.0);
    if (factor < 0.0) reader.at("beta_factor").fail("must not be negative");
    return factor;
}

std::optional<QuantizerSettings> LayerContext::settings(const std::string& key, const QuantizerSettings& base) {
    if (!reader.has(key)) return base;
    const JsonReader field = reader.at(key);
    if (field.json().is_string() && field.json() == "none") return std::nullopt;
    return read_quantizer(field, base);
}

QuantizerVars LayerContext::add_quantizer(const std::string& suffix, const std::vector<std::size_t>& shape,
                                          const QuantizerSettings& settings,
                                          const std::vector<std::uint32_t>& elements) {
    graph.add_quantizer(std::make_unique<Quantizer>(name + "." + suffix, shape, settings, parameters, elements));
    return quantizer_vars(graph, graph.quantizers().size() - 1);
}

std::optional<Tensor> LayerContext::quantized(const Tensor& x, const std::string& key, const std::string& suffix) {
    const bool reads_data = x.var.id == data.id, reads_reals = reads_data && !integral_input;
    if (reads_reals && quantised_data) {
        if (reader.has(key)) {
            reader.at(key).fail("real-valued data are quantised once, by the first layer that reads them",
                                "set the quantizer there");
        }
        Tensor y = *quantised_data;
        y.shape = x.shape;
        return y;
    }
    QuantizerSettings base = defaults.activation;
    if (reads_data && integral_input) {
        base.max_fraction = std::min(base.max_fraction, 0.0);
        // No sum comes before this cast whose constant could take the half of round-to-nearest: rounding would cost an
        // adder per input, dropping bits is free, and the next bias learns the shift.
        base.round = fx::Round::trn;
    }
    const auto chosen = settings(key, base);
    if (!chosen) return std::nullopt;
    if (reads_reals && chosen->round != fx::Round::rnd) {
        reader.fail("real-valued data are rounded to nearest by software, before the hardware",
                    "leave out \"round\" here");
    }
    Tensor y = x;
    y.quantizer = add_quantizer(suffix, x.shape, *chosen, x.live);
    y.var = quantize(graph, name, x.var, *y.quantizer);
    if (reads_reals) quantised_data = y;
    return y;
}

Tensor LayerContext::quantized_input(const Tensor& x, const std::string& suffix) {
    if (x.quantizer && !reader.has("input_quantizer")) return x;
    const auto y = quantized(x, "input_quantizer", suffix);
    if (y) return *y;
    if (!x.quantizer) {
        reader.fail("the input of this layer has no quantizer",
                    "leave out \"input_quantizer\" or put a quantize layer before it");
    }
    return x;
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
