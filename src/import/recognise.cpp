#include "import/recognise.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace bitgrain::import {

namespace {

namespace fs = std::filesystem;

const std::string readable = "import reads networks of HGQ2 and HGQ 1 that were saved whole (.keras, .h5) and ALIR or "
                             "DAIS programs (.json, .json.gz)";

[[noreturn]] void refuse(const std::string& what, const std::string& where, const std::string& advice = {}) {
    throw Error("this is " + what, where, readable + (advice.empty() ? "" : "; " + advice));
}

bool ends_with(std::string name, std::string_view end) {
    for (char& c : name)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return name.ends_with(end);
}

/// The first fields of onnx.proto's ModelProto: ir_version as a varint, then the producer's name.
bool is_onnx(const std::string& bytes) {
    return bytes.size() > 8 && bytes[0] == 8 && bytes[1] > 0 && bytes[1] < 32 &&
           (bytes[2] == 0x12 || bytes[2] == 0x3a || bytes[2] == 0x42);
}

bool is_text(const std::string& bytes) {
    const std::string_view head(bytes.data(), std::min<std::size_t>(bytes.size(), 4096));
    return std::all_of(head.begin(), head.end(), [](char c) {
        return c == '\t' || c == '\n' || c == '\r' || static_cast<unsigned char>(c) >= 32;
    });
}

bool has(const std::vector<std::string>& members, std::string_view end) {
    return std::any_of(members.begin(), members.end(), [&](const std::string& name) { return name.ends_with(end); });
}

const std::string from_training = "save the network where it was trained, with model.save(\"model.keras\") of HGQ2";

bool any_layer_of_qkeras(const Json& network) {
    if (!network["config"].is_object() || !network["config"].contains("layers")) return false;
    for (const Json& layer : network["config"]["layers"]) {
        if (!layer.is_object() || !layer.contains("class_name") || !layer["class_name"].is_string()) continue;
        if (sign_of_qkeras(layer["class_name"].get<std::string>(), layer.value("config", Json()))) return true;
    }
    return false;
}

} // namespace

std::string other_networks() {
    return "supported are networks of HGQ2 (and HGQ 1 proxies): build it from the layers of HGQ2 and train it there, "
           "or "
           "train it with `bitgrain train`";
}

std::optional<std::string> sign_of_qkeras(const std::string& class_name, const Json& config) {
    static constexpr std::array<std::string_view, 3> own{"QActivation", "QAdaptiveActivation", "QConv2DBatchnorm"};
    if (std::find(own.begin(), own.end(), class_name) != own.end()) return class_name;
    if (!class_name.starts_with('Q') || !config.is_object()) return std::nullopt;
    for (const auto& [key, value] : config.items()) {
        if (key.ends_with("_quantizer")) return key;
    }
    return std::nullopt;
}

bool quantises(const std::string& class_name) {
    return class_name.starts_with('Q') || class_name.starts_with('H') || class_name == "FixedPointQuantizer";
}

void refuse_bytes(const std::string& bytes, const std::string& where) {
    if (bytes.empty()) throw Error("the file is empty", where, readable);
    if (bytes.size() > 8 && bytes.compare(4, 4, "TFL3") == 0) refuse("a TensorFlow Lite network", where, from_training);
    if (ends_with(where, ".pb")) refuse("a protobuf of TensorFlow", where, from_training);
    if (is_onnx(bytes) || ends_with(where, ".onnx")) refuse("an ONNX network", where, from_training);
    if (bytes.starts_with("\x93NUMPY")) refuse("one NumPy array, no network", where, from_training);
    if (bytes.size() > 2 && bytes[0] == '\x80' && bytes[1] > 1 && bytes[1] < 6) {
        refuse("a Python pickle (PyTorch saves such files)", where, from_training);
    }
    if (is_text(bytes)) refuse("a text file, but no JSON", where);
    throw Error("this kind of file is not known", where, readable + "; is it complete?");
}

void refuse_zip(const std::vector<std::string>& members, const std::string& where) {
    if (has(members, "saved_model.pb")) refuse("a zipped SavedModel of TensorFlow", where, from_training);
    if (has(members, "data.pkl")) refuse("a PyTorch file", where, from_training);
    if (has(members, ".npy")) refuse("a file of NumPy arrays (.npz), no network", where, from_training);
    refuse("a zip without 'config.json', so no Keras 3 file", where);
}

void refuse_json(const Json& json, const std::string& where) {
    if (json.is_object() && json.contains("class_name") && json.contains("config")) {
        if (any_layer_of_qkeras(json)) {
            throw Error("this is the structure of a QKeras network, without weights", where, other_networks());
        }
        refuse("the structure of a Keras network, without weights", where,
               "save both in one file with model.save(\"model.keras\")");
    }
    if (json.is_object() && json.contains("steps") && json.contains("inputs")) {
        throw Error("this is a model of Bitgrain already", where, "go on with `bitgrain build` or `bitgrain report`");
    }
    if (json.is_object() && json.contains("layers") && json.contains("data")) {
        throw Error("this is an experiment of Bitgrain", where, "go on with `bitgrain run` or `bitgrain train`");
    }
    refuse("JSON, but neither an ALIR nor a DAIS program", where);
}

void refuse_folder(const fs::path& path) {
    std::error_code ignored; // a folder that cannot be looked into is just a folder
    const auto holds = [&](const char* name) { return fs::exists(path / name, ignored); };
    const std::string where = path.string();
    if (holds("saved_model.pb") || holds("keras_metadata.pb"))
        refuse("a SavedModel folder of TensorFlow", where, from_training);
    if (holds("config.json") && holds("model.weights.h5")) {
        refuse("an unpacked Keras 3 file", where, "zip its members: `cd FOLDER && zip ../model.keras *`");
    }
    if (holds("front.json")) throw Error("this is a run of Bitgrain", where, "`bitgrain freeze` makes a model of it");
    refuse("a folder", where, "name a file");
}

} // namespace bitgrain::import
