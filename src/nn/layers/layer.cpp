#include "nn/layers/layer.hpp"

#include "base/error.hpp"
#include "model/builder.hpp"

#include <algorithm>

namespace bitgrain::nn {

std::size_t Tensor::whole_size() const {
    return model::elements(shape);
}

void LayerContext::refuse_raw_data(const Tensor& x) const {
    if (x.var.id == data.id && !integral_input) {
        reader.fail("real-valued data are quantised before anything else",
                    "put a quantize layer before this one, or a layer that quantises its input");
    }
}

void LayerContext::refuse_pending(const Tensor& x) const {
    if (x.pending) {
        reader.fail("standardised inputs can only be folded into a layer with a kernel",
                    "put a dense or convolutional layer first or set data.standardise to false");
    }
}

std::vector<std::size_t> LayerContext::sizes(const std::string& key, std::size_t count, std::size_t usual) {
    std::vector<std::size_t> result(count, usual);
    if (!reader.has(key)) return result;
    const JsonReader field = reader.at(key);
    if (field.json().is_array()) {
        result = field.as<std::vector<std::size_t>>();
    } else {
        result.assign(count, field.as<std::size_t>());
    }
    if (result.size() != count) field.fail("needs one number, or " + std::to_string(count) + " in a list");
    if (std::count(result.begin(), result.end(), std::size_t{0}) > 0) field.fail("must be at least 1");
    return result;
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

std::size_t LayerContext::add_parameter(const std::string& suffix, const std::vector<std::uint32_t>& elements,
                                        const std::vector<float>& start) {
    ParameterSlice slice;
    slice.name = name + suffix;
    slice.live = elements;
    return parameters.add(std::move(slice), start);
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
        base.round = Rounding::trn;
    }
    const auto chosen = settings(key, base);
    if (!chosen) return std::nullopt;
    if (reads_reals && chosen->round != Rounding::rnd) {
        reader.fail("real-valued data are rounded to nearest by software, before the hardware",
                    "leave out \"round\" here");
    }
    Tensor y = quantized_by(x, *chosen, suffix);
    if (reads_reals) quantised_data = y;
    return y;
}

Tensor LayerContext::quantized_by(const Tensor& x, const QuantizerSettings& chosen, const std::string& suffix) {
    Tensor y = x;
    y.quantizer = add_quantizer(suffix, x.shape, chosen, x.live);
    y.var = quantize(graph, name, x.var, *y.quantizer);
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
        {"dense", "y = activation(x W + b) over the last axis, batch normalisation folded in on request", 1, 1,
         dense_layer},
        {"conv1d", "the same over windows of one axis, channels last", 1, 1, conv1d_layer},
        {"conv2d", "the same over windows of two axes, channels last", 1, 1, conv2d_layer},
        {"conv3d", "the same over windows of three axes, channels last", 1, 1, conv3d_layer},
        {"batch_norm", "batch normalisation with no kernel before it", 1, 1, batch_norm_layer},
        {"relu", "max(x, 0), capped on request", 1, 1, relu_layer},
        {"leaky_relu", "x above zero, a power of two times x below", 1, 1, leaky_relu_layer},
        {"hard_tanh", "a quantizer that saturates at -1 and 1", 1, 1, hard_tanh_layer},
        {"function", "tanh, sigmoid and others, in a table", 1, 1, function_layer},
        {"hard_sigmoid", "a quantizer that saturates at -2 and 2, times 1/4, plus 1/2", 1, 1, hard_sigmoid_layer},
        {"quantize", "trainable widths on a value", 1, 1, quantize_layer},
        {"flatten", "the same elements with one axis", 1, 1, flatten_layer},
        {"reshape", "the same elements with other axes", 1, 1, reshape_layer},
        {"permute", "the axes in another order", 1, 1, permute_layer},
        {"concat", "all elements of all inputs, in order", 2, 64, concat_layer},
        {"add", "sum of equally shaped inputs, each with its own quantizer", 2, 64, add_layer},
        {"subtract", "the first input minus the second", 2, 2, subtract_layer},
        {"average", "their sum times the power of two nearest to the average", 2, 64, average_layer},
        {"dot", "sum of the products of two inputs over the last axis", 2, 2, dot_layer},
        {"multiply", "product of two inputs, element by element", 2, 2, multiply_layer},
        {"maximum", "largest of equally shaped inputs", 2, 64, maximum_layer},
        {"minimum", "smallest of equally shaped inputs", 2, 64, minimum_layer},
        {"max_pool", "largest value of each window", 1, 1, max_pool_layer},
        {"average_pool", "sum of each window times the power of two nearest to the average", 1, 1, average_pool_layer},
        {"sum", "sum over axes", 1, 1, sum_layer},
        {"mean", "sum over axes times the power of two nearest to the average", 1, 1, mean_layer},
    };
    return table;
}

} // namespace bitgrain::nn
