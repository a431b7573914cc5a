// A layer is a function that composes graph ops: parameters in, tensor out. No gradients, no hardware.
#pragma once

#include "base/json.hpp"
#include "base/random.hpp"
#include "data/dataset.hpp"
#include "nn/cost.hpp"
#include "nn/graph/ops.hpp"
#include "nn/settings.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::nn {

/// What flows between layers.
struct Tensor {
    Var var;
    std::vector<std::size_t> shape; ///< without the batch; elements are row-major
    /// A compacted network: which elements of `shape` the Var holds, ascending. Empty: all.
    std::vector<std::uint32_t> live;
    /// Still to be applied by the next kernel: x really stands for (x - mean) / deviation.
    std::optional<data::Standardisation> pending;
    /// The quantizer that made these values, when they come straight from one: no second one is needed.
    std::optional<QuantizerVars> quantizer;

    std::size_t whole_size() const; ///< of `shape`
    /// Only these elements are left.
    void keep(const std::vector<std::uint32_t>& elements) {
        live = elements;
        if (live.size() == whole_size()) live.clear();
    }
    std::size_t size() const { return live.empty() ? whole_size() : live.size(); }
    /// The element of `shape` that element e of the Var is.
    std::size_t whole(std::size_t e) const { return live.empty() ? e : live[e]; }
};

/// Which elements of layers' outputs there are: layers without an entry are whole. The data are layer "input".
using Live = std::map<std::string, std::vector<std::uint32_t>>;

/// What compaction and polish have to know of a layer with a kernel.
struct KernelParts {
    std::size_t input_quantizer = 0, kernel_quantizer = 0, bias_quantizer = 0; ///< numbers in Graph::quantizers()
    Var weights;                                                               ///< quantised
    std::optional<Var> bias_sum, bias;                                         ///< before and after its quantizer
    std::size_t kernel_slice = 0, bias_slice = 0;
    std::size_t cost = 0;                ///< number of its term in Network::cost
    std::vector<double> mean;            ///< of the inputs, as folded into the bias; empty: not
    std::optional<Rectifier> activation; ///< none: another one, whose values for constants are not known
    bool batch_norm = false;
};

/// What a layer builds into.
struct LayerContext {
    Graph& graph;
    Parameters& parameters;
    std::vector<CostTerm>& cost;
    const QuantizerDefaults& defaults;
    Random& random;
    std::string name;            ///< of this layer, unique
    JsonReader& reader;          ///< of this layer's object; `type`, `name` and `inputs` are taken already
    bool integral_input = false; ///< the data are integers: fraction bits of an input quantizer would be useless
    Var data;                    ///< the graph's input
    /// Real-valued data after their one quantizer: software rounds them into the hardware's port once, so every layer
    /// that reads them reads the same widths. Shared by all layers of a network.
    std::optional<Tensor>& quantised_data;
    const Live& live;
    std::optional<KernelParts>& kernel; ///< filled by a layer that has one
    bool& whole;                        ///< set by a layer whose inputs and outputs compaction must leave whole

    /// The same with the keys of another object: a part of the layer's.
    LayerContext with(JsonReader& keys) const {
        return {graph,          parameters, cost,           defaults, random, name, keys,
                integral_input, data,       quantised_data, live,     kernel, whole};
    }
    /// Real-valued data are rounded into the port by the quantizer that reads them: nothing may come in between.
    void refuse_raw_data(const Tensor& x) const;
    /// Standardised inputs that are not folded yet.
    void refuse_pending(const Tensor& x) const;
    /// One number for all axes or a list of `count`; each at least 1.
    std::vector<std::size_t> sizes(const std::string& key, std::size_t count, std::size_t usual);
    /// "beta_factor" of a layer that costs EBOPs.
    double beta_factor();
    /// Settings under `key`, over the defaults; `"none"` disables the quantizer.
    std::optional<QuantizerSettings> settings(const std::string& key, const QuantizerSettings& base);
    /// A trained array named after the layer; `elements`: which of the whole network's it has.
    std::size_t add_parameter(const std::string& suffix, const std::vector<std::uint32_t>& elements,
                              const std::vector<float>& start);
    QuantizerVars add_quantizer(const std::string& suffix, const std::vector<std::size_t>& shape,
                                const QuantizerSettings& settings, const std::vector<std::uint32_t>& elements);
    Tensor quantized_by(const Tensor& x, const QuantizerSettings& settings, const std::string& suffix);
    /// x through a new quantizer with the settings under `key`; "none" gives nothing.
    std::optional<Tensor> quantized(const Tensor& x, const std::string& key, const std::string& suffix);
    /// The layer's input quantizer on x; x itself when it comes straight from a quantizer and the layer asks for none.
    Tensor quantized_input(const Tensor& x, const std::string& suffix);
};

using LayerFunction = Tensor (*)(LayerContext& context, const std::vector<Tensor>& in);

struct LayerType {
    std::string name;
    std::string purpose;
    std::size_t min_inputs, max_inputs;
    LayerFunction build;
};

/// The power of two nearest to 1 / count: averages are exact, and free in hardware (method, 8.2).
double average_factor(std::size_t count);

/// The explicit list of layers.
const std::vector<LayerType>& layer_table();

Tensor dense_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor conv1d_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor conv2d_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor conv3d_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor relu_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor leaky_relu_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor hard_tanh_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor function_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor batch_norm_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor average_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor dot_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor hard_sigmoid_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor quantize_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor flatten_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor reshape_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor permute_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor concat_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor add_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor subtract_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor multiply_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor maximum_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor minimum_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor max_pool_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor average_pool_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor sum_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor mean_layer(LayerContext& context, const std::vector<Tensor>& in);

} // namespace bitgrain::nn
