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
    std::size_t size() const { return live.empty() ? whole_size() : live.size(); }
    /// The element of `shape` that element e of the Var is.
    std::size_t whole(std::size_t e) const { return live.empty() ? e : live[e]; }
};

/// Which elements of layers' outputs there are: layers without an entry are whole. The data are layer "input".
using Live = std::map<std::string, std::vector<std::uint32_t>>;

/// What compaction has to know of a dense layer.
struct DenseParts {
    std::size_t input_quantizer = 0, kernel_quantizer = 0, bias_quantizer = 0; ///< numbers in Graph::quantizers()
    Var weights;                                                               ///< quantised
    std::optional<Var> bias_sum, bias;                                         ///< before and after its quantizer
    std::size_t kernel_slice = 0, bias_slice = 0;
    std::vector<double> mean; ///< of the inputs, as folded into the bias; empty: not
    bool relu = false, batch_norm = false;
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
    std::optional<DenseParts>& dense; ///< filled by a layer that chooses its own outputs

    /// "beta_factor" of a layer that costs EBOPs.
    double beta_factor();
    /// Settings under `key`, over the defaults; `"none"` disables the quantizer.
    std::optional<QuantizerSettings> settings(const std::string& key, const QuantizerSettings& base);
    QuantizerVars add_quantizer(const std::string& suffix, const std::vector<std::size_t>& shape,
                                const QuantizerSettings& settings, const std::vector<std::uint32_t>& elements);
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

/// The explicit list of layers.
const std::vector<LayerType>& layer_table();

Tensor dense_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor relu_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor quantize_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor flatten_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor add_layer(LayerContext& context, const std::vector<Tensor>& in);
Tensor concat_layer(LayerContext& context, const std::vector<Tensor>& in);

} // namespace bitgrain::nn
