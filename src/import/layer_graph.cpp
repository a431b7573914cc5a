#include "import/layer_graph.hpp"

#include "base/error.hpp"
#include "import/layers/table.hpp"
#include "import/recognise.hpp"

#include <algorithm>
#include <set>

namespace bitgrain::import {

namespace {

/// A text field, or Error.
std::string text_of(const Json& json, const char* key, const std::string& where) {
    if (!json.is_object() || !json.contains(key) || !json[key].is_string()) {
        throw Error(std::string("has no text '") + key + "'", where);
    }
    return json[key].get<std::string>();
}

/// Classes of Keras and HGQ only: an own class of the same name may do anything.
std::string plain_class(const Json& json, const std::string& where) {
    std::string name = text_of(json, "class_name", where);
    const auto refuse = [&](const std::string& package) {
        throw Error("the class '" + name + "' comes from '" + package + "'", where,
                    package.starts_with("qkeras") ? other_networks()
                                                  : "own classes cannot be imported; supported: " + known_layers());
    };
    if (json.contains("module") && json["module"].is_string()) {
        const auto module = json["module"].get<std::string>();
        if (!module.starts_with("keras") && !module.starts_with("hgq") && !module.starts_with("HGQ")) refuse(module);
    }
    for (const char* key : {"registered_name", "class_name"}) {
        if (!json.contains(key) || !json[key].is_string()) continue;
        const auto registered = json[key].get<std::string>();
        const std::size_t mark = registered.find('>');
        const std::string package = registered.substr(0, mark);
        const bool known = package == "hgq" || package == "hgq2" || package == "HGQ"; // the last writes HGQ 1
        if (mark != std::string::npos && !known) refuse(package);
    }
    if (const std::size_t mark = name.find('>'); mark != std::string::npos) name.erase(0, mark + 1);
    return name;
}

/// ["layer", node, tensor]
std::string history(const Json& json, const std::string& where) {
    const bool good = json.is_array() && json.size() >= 3 && json[0].is_string() && json[1].is_number_integer() &&
                      json[2].is_number_integer();
    if (!good) throw Error("a connection is not [layer, node, tensor]", where);
    if (json[1] != 0 || json[2] != 0) {
        throw Error("a layer is called more than once or has several results", where,
                    "only networks that use each layer once are supported");
    }
    return json[0].get<std::string>();
}

/// Keras 3: tensors hide anywhere inside the call's arguments; what is left are the arguments proper.
bool is_tensor(const Json& item) {
    return item.is_object() && item.contains("class_name") && item["class_name"] == "__keras_tensor__";
}

void collect(const Json& value, Layer& layer, int depth = 0) {
    if (depth > 4) throw Error("the call's arguments are nested too deeply", layer.where);
    if (is_tensor(value)) {
        if (!value.contains("config") || !value["config"].is_object() || !value["config"].contains("keras_history")) {
            throw Error("a connection has no history", layer.where);
        }
        layer.inputs.push_back(history(value["config"]["keras_history"], layer.where));
        return;
    }
    if (value.is_array() && std::any_of(value.begin(), value.end(), is_tensor)) {
        for (const Json& item : value)
            collect(item, layer, depth + 1);
        return;
    }
    layer.arguments.push_back(value);
}

void read_new_call(const Json& call, Layer& layer) {
    if (!call.contains("args") || !call["args"].is_array()) throw Error("the call has no arguments", layer.where);
    for (const Json& argument : call["args"])
        collect(argument, layer);
    if (!call.contains("kwargs")) return;
    for (const auto& [key, value] : call["kwargs"].items()) {
        if (is_tensor(value)) {
            layer.keywords[key] = layer.inputs.size();
            collect(value, layer);
            continue;
        }
        const bool off = key == "training" || key == "use_causal_mask" || key == "return_attention_scores";
        if (!value.is_null() && !(off && value == false)) {
            throw Error("the call's keyword argument '" + key + "' is not understood", layer.where);
        }
    }
}

/// Keras 2: [[["layer", 0, 0, {}], ...]]
void read_old_call(const Json& call, Layer& layer) {
    const Json list = call.size() >= 3 && call[0].is_string() ? Json::array({call}) : call;
    for (const Json& input : list) {
        layer.inputs.push_back(history(input, layer.where));
        if (input.size() > 3 && !input[3].empty()) {
            throw Error("a call's keyword arguments are not understood", layer.where);
        }
    }
}

Layer read_layer(const Json& json, const std::string& file) {
    Layer layer;
    const std::string place = file + ": layers";
    if (!json.is_object() || !json.contains("config") || !json["config"].is_object()) {
        throw Error("a layer has no configuration", place);
    }
    layer.config = json["config"];
    layer.name = text_of(layer.config, "name", place);
    layer.class_name = plain_class(json, file + ": layer '" + layer.name + "'");
    layer.where = file + ": layer '" + layer.name + "' (" + layer.class_name + ")";
    if (const auto sign = sign_of_qkeras(layer.class_name, layer.config)) {
        throw Error("this is a layer of QKeras (" + *sign + ")", layer.where, other_networks());
    }
    if (!json.contains("inbound_nodes")) return layer; // Sequential
    const Json& calls = json["inbound_nodes"];
    if (!calls.is_array()) throw Error("the connections are not a list", layer.where);
    if (calls.empty()) return layer;
    if (calls.size() > 1) {
        throw Error("the layer is called " + std::to_string(calls.size()) + " times", layer.where,
                    "only networks that use each layer once are supported");
    }
    if (calls[0].is_object()) {
        read_new_call(calls[0], layer);
    } else if (calls[0].is_array()) {
        read_old_call(calls[0], layer);
    } else {
        throw Error("the connections are not understood", layer.where);
    }
    return layer;
}

/// "input_layers" and "output_layers": one connection or a list of them.
std::vector<std::string> ports(const Json& config, const char* key, const std::string& where) {
    if (!config.contains(key)) throw Error(std::string("has no '") + key + "'", where);
    const Json& list = config[key];
    if (!list.is_array() || list.empty()) throw Error(std::string("'") + key + "' is not a list", where);
    if (list[0].is_string()) return {history(list, where)};
    std::vector<std::string> names;
    for (const Json& item : list)
        names.push_back(history(item, where));
    return names;
}

/// A chain; old files leave the input layer out.
void connect_chain(LayerGraph& graph, const Json& config, const std::string& where) {
    if (graph.layers.empty()) throw Error("the network has no layers", where);
    if (graph.layers.front().class_name != "InputLayer") {
        const Json shape =
            graph.layers.front().config.value("batch_input_shape", config.value("build_input_shape", Json()));
        Layer input;
        input.name = "input";
        input.class_name = "InputLayer";
        input.config = {{"name", input.name}, {"batch_shape", shape}};
        input.where = where + ": layer 'input' (InputLayer)";
        graph.layers.insert(graph.layers.begin(), input);
    }
    for (std::size_t i = 1; i < graph.layers.size(); ++i)
        graph.layers[i].inputs = {graph.layers[i - 1].name};
    graph.inputs = {graph.layers.front().name};
    graph.outputs = {graph.layers.back().name};
}

/// Each layer after its inputs, otherwise in file order.
void sort(LayerGraph& graph, const std::string& where) {
    std::set<std::string> known;
    std::vector<Layer> sorted;
    std::vector<bool> done(graph.layers.size(), false);
    while (sorted.size() < graph.layers.size()) {
        const std::size_t before = sorted.size();
        for (std::size_t i = 0; i < graph.layers.size(); ++i) {
            const auto& inputs = graph.layers[i].inputs;
            if (done[i] || !std::all_of(inputs.begin(), inputs.end(), [&](const auto& n) { return known.contains(n); }))
                continue;
            done[i] = true;
            known.insert(graph.layers[i].name);
            sorted.push_back(graph.layers[i]);
        }
        if (sorted.size() == before) throw Error("some layers read layers that do not exist, or themselves", where);
    }
    graph.layers = std::move(sorted);
    for (const auto* list : {&graph.inputs, &graph.outputs}) {
        for (const std::string& name : *list) {
            if (!known.contains(name)) throw Error("the port '" + name + "' is no layer", where);
        }
    }
}

} // namespace

LayerGraph read_graph(const Container& container) {
    const Json& json = container.network;
    const std::string kind = plain_class(json, container.where);
    if (!json.contains("config") || !json["config"].is_object()) throw Error("has no 'config'", container.where);
    const Json& config = json["config"];
    if (kind != "Functional" && kind != "Sequential" && kind != "Model") {
        throw Error("the network is a " + kind, container.where, "Functional and Sequential networks are supported");
    }
    if (!config.contains("layers") || !config["layers"].is_array()) throw Error("has no layers", container.where);
    LayerGraph graph;
    graph.name = config.contains("name") && config["name"].is_string() ? config["name"].get<std::string>() : "network";
    std::set<std::string> names;
    for (const Json& layer : config["layers"]) {
        graph.layers.push_back(read_layer(layer, container.where));
        if (!names.insert(graph.layers.back().name).second) {
            throw Error("two layers have this name", graph.layers.back().where);
        }
    }
    if (kind == "Sequential") {
        connect_chain(graph, config, container.where);
    } else {
        graph.inputs = ports(config, "input_layers", container.where);
        graph.outputs = ports(config, "output_layers", container.where);
    }
    sort(graph, container.where);
    return graph;
}

} // namespace bitgrain::import
