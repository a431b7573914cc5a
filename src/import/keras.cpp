#include "import/keras.hpp"

#include "base/error.hpp"
#include "import/container.hpp"
#include "import/context.hpp"
#include "import/input_formats.hpp"
#include "import/layer_graph.hpp"
#include "import/layers/table.hpp"
#include "import/recognise.hpp"
#include "model/prove.hpp"

#include <algorithm>

namespace bitgrain::import {

namespace {

constexpr std::size_t max_elements = std::size_t{1} << 20;

/// The shape of an InputLayer without the batch axis.
std::vector<std::size_t> input_shape(const Layer& layer) {
    const Json& config = layer.config;
    const Json shape =
        config.contains("batch_shape") ? config["batch_shape"] : config.value("batch_input_shape", Json());
    if (!shape.is_array() || shape.size() < 2) throw Error("has no shape", layer.where);
    JsonReader reader(config, layer.where + ":");
    require_real(reader); // Keras casts the inputs
    for (const char* key : {"sparse", "ragged", "optional"}) {
        if (reader.has(key) && config[key] != false && !config[key].is_null())
            reader.at(key).fail("is set", "only dense inputs of a fixed shape are supported");
    }
    for (const char* key : {"name", "trainable", "batch_shape", "batch_input_shape"})
        reader.has(key);
    reader.finish();
    std::vector<std::size_t> result;
    std::size_t count = 1;
    for (std::size_t axis = 1; axis < shape.size(); ++axis) {
        if (!shape[axis].is_number_unsigned())
            throw Error("the shape is open", layer.where, "hardware needs fixed sizes");
        result.push_back(shape[axis].get<std::size_t>());
        if (result.back() == 0 || result.back() > max_elements / count)
            throw Error("the shape is impossible", layer.where);
        count *= result.back();
    }
    return result;
}

/// Weights in floating point have no hardware of their own.
void require_quantizers(const LayerGraph& graph, const std::string& where) {
    const auto& layers = graph.layers;
    if (std::any_of(layers.begin(), layers.end(), [](const Layer& l) { return quantises(l.class_name); })) return;
    const auto first =
        std::find_if(layers.begin(), layers.end(), [](const Layer& l) { return l.class_name != "InputLayer"; });
    throw Error("this is a plain Keras network: no layer has a quantizer", first == layers.end() ? where : first->where,
                other_networks());
}

/// The inputs in the order of the call's parameters. Only attention is called with names.
std::vector<std::string> in_order(const Layer& layer) {
    if (layer.keywords.empty()) return layer.inputs;
    const std::vector<std::string> parameters{"query", "value", "key"};
    const std::size_t positional = layer.inputs.size() - layer.keywords.size();
    std::vector<std::string> list(layer.inputs.begin(), layer.inputs.begin() + static_cast<std::ptrdiff_t>(positional));
    for (std::size_t at = positional; at < parameters.size(); ++at) {
        const auto named = layer.keywords.find(parameters[at]);
        if (named != layer.keywords.end() && list.size() == at) list.push_back(layer.inputs[named->second]);
    }
    if (!layer.class_name.ends_with("Attention") || list.size() != layer.inputs.size()) {
        throw Error("the call's keyword argument '" + layer.keywords.begin()->first + "' is not understood",
                    layer.where, "layers are called with their values alone; attention may name query, value and key");
    }
    return list;
}

const Layer& layer_of(const LayerGraph& graph, const std::string& name) {
    for (const Layer& layer : graph.layers) {
        if (layer.name == name) return layer;
    }
    CHECK(false, "read_graph checked the names");
}

void put_facts(model::Model& model, const Container& container, const Notes& notes) {
    const Ebops& ebops = notes.ebops;
    double total = 0;
    for (const auto& [name, bits] : ebops.layers)
        total += bits;
    model.facts["imported_from"] = container.where;
    model.facts["keras_version"] = container.keras_version;
    if (!ebops.layers.empty()) {
        model.facts["ebops"] = total;
        double stored = 0;
        for (const auto& [name, bits] : ebops.stored)
            stored += bits;
        model.facts["ebops_in_file"] = stored;
    }
    if (notes.uncertain_entries > 0) model.facts["uncertain_table_entries"] = notes.uncertain_entries;
    model.facts["weights"] = ebops.weights;
    model.facts["live_weights"] = ebops.live_weights;
}

} // namespace

model::Model read_keras(std::string bytes, const std::string& where) {
    return read_network(read_container(std::move(bytes), where));
}

model::Model read_network(const Container& container) {
    const std::string& where = container.where;
    const LayerGraph graph = read_graph(container);
    require_quantizers(graph, where);
    Builder builder(graph.name);
    std::map<std::string, Tensor> values;
    for (const std::string& name : graph.inputs) {
        const Layer& layer = layer_of(graph, name);
        if (layer.class_name != "InputLayer") throw Error("the network's input is no InputLayer", layer.where);
        values[name] = builder.input(name, input_shape(layer));
    }
    Notes notes;
    for (const Layer& layer : graph.layers) {
        if (layer.class_name == "InputLayer") {
            if (!values.contains(layer.name)) throw Error("is not among the network's inputs", layer.where);
            continue;
        }
        const LayerFunction function = find_layer(layer.class_name);
        if (function == nullptr) {
            throw Error("this class of layer is not supported", layer.where, "supported: " + known_layers());
        }
        if (layer.inputs.empty()) throw Error("reads nothing", layer.where);
        if (!layer.arguments.empty() && layer.class_name != "GetItem") {
            throw Error("a call argument is not understood: " + layer.arguments.dump().substr(0, 60), layer.where);
        }
        std::vector<Tensor> inputs;
        for (const std::string& name : in_order(layer))
            inputs.push_back(values.at(name));
        const auto found = container.layers.find(layer.name);
        const Part weights = found == container.layers.end() ? Part() : found->second.untouched();
        Context context(layer, found == container.layers.end() ? nullptr : &weights, std::move(inputs), builder, notes);
        values[layer.name] = function(context);
        if (values[layer.name].size() > max_elements) throw Error("the value is too large for hardware", layer.where);
        context.config().finish();
        if (const auto path = weights.left_over()) {
            throw Error("the configuration does not use the stored variables " + *path, layer.where,
                        "configuration and weights are not those of one network");
        }
    }
    for (const std::string& name : graph.outputs)
        builder.output(name, values.at(name));
    model::Model model = std::move(builder.model());
    set_input_formats(model, where, notes.roundings.at_ports);
    if (!notes.roundings.wide.empty()) model = model::prove_ranges(model, notes.roundings.wide, where);
    put_facts(model, container, notes);
    model::validate(model, where);
    return model;
}

} // namespace bitgrain::import
