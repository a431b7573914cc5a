#include "import/container.hpp"

#include "base/error.hpp"
#include "import/hdf5_file.hpp"
#include "import/recognise.hpp"
#include "import/rehearse.hpp"
#include "import/zip_file.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace bitgrain::import {

namespace {

constexpr int max_depth = 12;
constexpr unsigned max_seconds = 10; ///< of processor time; the largest published file takes a tenth of one

/// Python writes Infinity and NaN, which JSON does not have; as words they can be read (and are only training's).
std::string standard_json(const std::string& text) {
    static constexpr std::array<std::string_view, 3> words{"-Infinity", "Infinity", "NaN"};
    std::string result;
    result.reserve(text.size());
    bool quoted = false;
    for (std::size_t at = 0; at < text.size();) {
        if (quoted && text[at] == '\\' && at + 1 < text.size()) {
            result.append(text, at, 2);
            at += 2;
            continue;
        }
        if (text[at] == '"') quoted = !quoted;
        const auto* word = quoted ? words.end() : std::find_if(words.begin(), words.end(), [&](std::string_view w) {
            return text.compare(at, w.size(), w) == 0;
        });
        if (word != words.end()) {
            result += '"' + std::string(*word) + '"';
            at += word->size();
        } else {
            result += text[at++];
        }
    }
    return result;
}

/// "quantizer_10" sorts after "quantizer_9": the order of the list they were saved from.
std::pair<std::string, int> name_and_number(const std::string& name) {
    const std::size_t mark = name.rfind('_');
    if (mark == std::string::npos || name.size() - mark > 6 || mark + 1 == name.size() ||
        name.find_first_not_of("0123456789", mark + 1) != std::string::npos) {
        return {name, 0};
    }
    return {name.substr(0, mark), std::stoi(name.substr(mark + 1))};
}

std::string joined(const std::string& group, const std::string& name) {
    return group + "/" + name;
}

Part read_numbered(const Hdf5File& file, const std::string& path, const std::string& name, int depth) {
    if (depth > max_depth) throw Error("groups are nested too deeply", file.where() + ": /" + path);
    Part part;
    part.name = name;
    auto below = file.children(path);
    std::sort(below.groups.begin(), below.groups.end(),
              [](const auto& a, const auto& b) { return name_and_number(a) < name_and_number(b); });
    for (const std::string& group : below.groups) {
        if (group != "vars") {
            part.parts.push_back(read_numbered(file, joined(path, group), group, depth + 1));
            continue;
        }
        const std::string vars = joined(path, "vars");
        for (const std::string& key : file.children(vars).arrays)
            part.variables.emplace_back(key, file.read(joined(vars, key)));
    }
    return part;
}

/// Keras names the groups after the classes; the layer's own name is an attribute.
std::map<std::string, Part> read_numbered_layers(const Hdf5File& file) {
    const std::string root = file.has("layers") ? "layers" : "_layer_checkpoint_dependencies";
    if (!file.has(root)) throw Error("there is no group of layers", file.where());
    std::map<std::string, Part> layers;
    for (const std::string& group : file.children(root).groups) {
        const std::string path = joined(root, group);
        const auto name = file.has(path + "/vars") ? file.text(path + "/vars", "name") : std::nullopt;
        if (!name) {
            throw Error("the layer has no stored name, as in files of Keras 2", file.where() + ": /" + path,
                        "load the network there and save it in one HDF5 file: model.save(\"model.h5\")");
        }
        if (!layers.emplace(*name, read_numbered(file, path, *name, 0)).second) {
            throw Error("two layers are named '" + *name + "'", file.where());
        }
    }
    return layers;
}

std::vector<std::string> split(const std::string& path) {
    std::vector<std::string> words(1);
    for (const char c : path) {
        if (c == '/') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    return words;
}

/// "t1_iq" -> "iq" inside "t1", "fixed_point_quantizer_kif_3" -> "quantizer", "multiple_quantizers_1" -> "iq" holding
/// "quantizers", and inside lookup-table layers "quantizer_1" -> "toq", "sequential_1" -> "module" holding "layers",
/// "batch_normalization_1" -> "bn_module": the names that .keras files have.
std::vector<std::string> usual_names(const std::vector<std::string>& words, std::string owner) {
    std::vector<std::string> result;
    for (const std::string& word : words) {
        const std::string base = name_and_number(word).first;
        const std::string prefix = std::exchange(owner, word) + "_";
        if (word.starts_with(prefix)) {
            result.push_back(word.substr(prefix.size()));
        } else if (base == "multiple_quantizers") {
            result.insert(result.end(), {"iq", "quantizers"});
        } else if (base.starts_with("fixed_point_quantizer_k")) {
            result.push_back("quantizer");
        } else if (base == "quantizer" && result.empty()) {
            result.push_back("toq");
        } else if (base == "sequential" && result.empty()) {
            result.insert(result.end(), {"module", "layers"});
        } else if (base == "batch_normalization" && result.empty()) {
            result.push_back("bn_module");
        } else {
            result.push_back(word);
        }
    }
    return result;
}

/// The parts of attention have other names in .keras files, and a shared input quantizer is stored for the keys there,
/// for the values here.
void name_attention(Part& layer) {
    const std::map<std::string, std::string> usual{{"query", "query_dense"},
                                                   {"key", "key_dense"},
                                                   {"value", "value_dense"},
                                                   {"attention_output", "output_dense"},
                                                   {"q_softmax", "_softmax"}};
    if (layer.find("query") == nullptr || layer.find("attention_output") == nullptr) return;
    std::stable_sort(layer.parts.begin(), layer.parts.end(), [](const Part& a, const Part& b) {
        return name_and_number(a.name) < name_and_number(b.name); // projections along the sequence: of the keys first
    });
    std::vector<std::string> projections{"_lin_v_proj", "_lin_k_proj"};
    Part *keys = nullptr, *values = nullptr;
    for (Part& part : layer.parts) {
        const std::string base = name_and_number(part.name).first;
        if (const auto found = usual.find(base); found != usual.end()) part.name = found->second;
        if (base == "q_einsum_dense" && !projections.empty()) {
            part.name = projections.back();
            projections.pop_back();
        }
        if (base == "key") keys = &part;
        if (base == "value") values = &part;
    }
    if (keys == nullptr || values == nullptr || keys->find("iq") != nullptr) return;
    const auto shared =
        std::find_if(values->parts.begin(), values->parts.end(), [](auto& p) { return p.name == "iq"; });
    if (shared == values->parts.end()) return;
    keys->parts.push_back(std::move(*shared));
    values->parts.erase(shared);
}

std::map<std::string, Part> read_named_layers(const Hdf5File& file) {
    std::map<std::string, Part> layers;
    const auto names = file.texts("model_weights", "layer_names");
    if (!names) throw Error("there is no list of layers", file.where() + ": /model_weights");
    for (const std::string& layer : *names) {
        const std::string group = "model_weights/" + layer;
        if (layer.empty() || layer.find('/') != std::string::npos || !file.has(group)) {
            throw Error("the weights of layer '" + layer + "' are missing", file.where());
        }
        Part root;
        root.name = layer;
        root.by_position = false;
        for (const std::string& path : file.texts(group, "weight_names").value_or(std::vector<std::string>{})) {
            std::vector<std::string> words = split(path);
            const auto own = std::find(words.begin(), words.end(), layer);
            words.erase(words.begin(), own == words.end() ? words.begin() : own + 1);
            if (words.empty()) throw Error("a weight has no name", file.where() + ": /" + group);
            std::string variable = words.back();
            words.pop_back();
            variable.erase(std::min(variable.find(':'), variable.size())); // "kernel:0" of Keras 2
            Part* part = &root;
            for (const std::string& word : usual_names(words, layer)) {
                auto found =
                    std::find_if(part->parts.begin(), part->parts.end(), [&](const Part& p) { return p.name == word; });
                if (found == part->parts.end()) {
                    Part child;
                    child.name = word;
                    child.by_position = false;
                    found = part->parts.insert(part->parts.end(), std::move(child));
                }
                part = &*found;
            }
            part->variables.emplace_back(variable, file.read(joined(group, path)));
        }
        name_attention(root);
        if (!layers.emplace(layer, std::move(root)).second) {
            throw Error("two layers are named '" + layer + "'", file.where());
        }
    }
    return layers;
}

} // namespace

namespace {

Container read_bytes(std::string bytes, const std::string& where) {
    Container container;
    container.where = where;
    if (is_zip(bytes)) {
        const auto names = members(bytes, where);
        if (std::find(names.begin(), names.end(), "config.json") == names.end()) refuse_zip(names, where);
        container.network =
            parse_json(standard_json(read_member(bytes, "config.json", where)), where + ": config.json");
        const Json metadata = parse_json(read_member(bytes, "metadata.json", where), where + ": metadata.json");
        JsonReader reader(metadata, where + ": metadata.json");
        container.keras_version = reader.get<std::string>("keras_version");
        const Hdf5File weights(read_member(bytes, "model.weights.h5", where), where + ": model.weights.h5");
        container.layers = read_numbered_layers(weights);
        return container;
    }
    const Hdf5File file(std::move(bytes), where);
    const auto network = file.text("", "model_config");
    if (!network) {
        const bool weights =
            file.has("layers") || file.has("_layer_checkpoint_dependencies") || file.texts("", "layer_names");
        throw Error(weights ? "this file holds the weights of a Keras network but not the network"
                            : "this HDF5 file holds no Keras network",
                    where, "save the whole network with model.save(\"model.keras\")");
    }
    container.network = parse_json(standard_json(*network), where + ": model_config");
    container.keras_version = file.text("", "keras_version").value_or("unknown");
    if (!file.has("model_weights"))
        throw Error("this Keras network was saved without weights", where,
                    "save the whole network with model.save(\"model.keras\")");
    container.layers = read_named_layers(file);
    return container;
}

} // namespace

Container read_container(std::string bytes, const std::string& where) {
    rehearse([&] { read_bytes(bytes, where); }, where, max_seconds);
    return read_bytes(std::move(bytes), where);
}

} // namespace bitgrain::import
