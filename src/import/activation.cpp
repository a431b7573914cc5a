#include "import/activation.hpp"

#include <cmath>

namespace bitgrain::import {

namespace {

/// Bits behind the point of a slope and of a bound.
constexpr int slope_bits = 8, bound_bits = 16;
constexpr double max_number = 65536;

const std::string supported =
    "supported: linear, relu, relu6, hard_tanh, and layers ReLU and LeakyReLU; other functions "
    "of one number are tables: QUnaryFunctionLUT";

/// Constants of hardware are short: 0.25 is a shift, 0.3 has no end.
double short_number(const JsonReader& reader, int bits) {
    const auto value = reader.as<double>();
    if (!(std::abs(value) <= max_number) || std::trunc(std::ldexp(value, bits)) != std::ldexp(value, bits)) {
        reader.fail("is " + reader.json().dump() + ", which hardware cannot compute with exactly",
                    "train with a sum of powers of two, best a single one, down to 2^-" + std::to_string(bits) +
                        ": 0.25, 0.125, 6");
    }
    return value;
}

model::Tensor scaled(model::Builder& builder, const std::string& name, const model::Tensor& x, double factor,
                     double shift = 0.0) {
    return builder.scale(name, x, std::vector<double>(x.size(), factor), std::vector<double>(x.size(), shift));
}

bool is_layer(const Json& json) {
    return json.is_object() && json.value("module", Json()) == "keras.layers" && json.contains("config") &&
           (json.value("class_name", Json()) == "ReLU" || json.value("class_name", Json()) == "LeakyReLU");
}

} // namespace

model::Tensor rectify(model::Builder& builder, const std::string& name, const model::Tensor& x, const Rectifier& kind) {
    model::Tensor y =
        kind.slope == 0.0 ? builder.relu(name, x) : builder.maximum(name, {x, scaled(builder, name, x, kind.slope)});
    if (kind.top == std::numeric_limits<double>::infinity()) return y;
    // The smaller of two: minus the larger of their negatives.
    y = builder.maximum(name, {scaled(builder, name, y, -1.0), scaled(builder, name, y, 0.0, -kind.top)});
    return scaled(builder, name, y, -1.0);
}

Rectifier read_rectifier(JsonReader& config, const std::string& class_name) {
    Rectifier result;
    for (const char* key : {"negative_slope", "alpha"}) { // Keras 2 says alpha
        if (config.has(key)) result.slope = short_number(config.at(key), slope_bits);
        if (result.slope < 0.0 || result.slope > 1.0) config.at(key).fail("must lie between 0 and 1");
    }
    if (class_name == "LeakyReLU") return result;
    if (config.has("max_value") && !config.at("max_value").json().is_null()) {
        result.top = short_number(config.at("max_value"), bound_bits);
        if (result.top < 0.0) config.at("max_value").fail("is negative");
    }
    if (config.has("threshold") && config.get<double>("threshold") != 0.0) {
        config.at("threshold").fail("is not 0: such a jump is not supported");
    }
    return result;
}

std::string function_name(const JsonReader& key) {
    const Json& value = key.json();
    if (value.is_null()) return "linear";
    if (value.is_string()) return value.get<std::string>();
    // A function that is no part of Keras could bear the same name.
    if (value.is_object() && value.value("module", Json()) == "builtins" &&
        value.value("class_name", Json()) == "function" && value.value("registered_name", Json()) == "function" &&
        value.contains("config") && value["config"].is_string()) {
        return value["config"].get<std::string>();
    }
    key.fail("is no function of Keras: " + value.dump().substr(0, 80), supported);
}

model::Tensor activate(model::Builder& builder, const std::string& name, const model::Tensor& x, JsonReader key) {
    if (is_layer(key.json())) {
        JsonReader config = key.at("config");
        for (const char* training : {"name", "trainable", "dtype"})
            config.has(training);
        const Rectifier kind = read_rectifier(config, key.json()["class_name"].get<std::string>());
        config.finish();
        return rectify(builder, name, x, kind);
    }
    const std::string word = function_name(key);
    if (word == "linear") return x;
    if (word == "relu") return builder.relu(name, x);
    if (word == "relu6") return rectify(builder, name, x, {0.0, 6.0});
    if (word == "hard_tanh") { // -1 to 1
        const model::Tensor y = rectify(builder, name, scaled(builder, name, x, 1.0, 1.0), {0.0, 2.0});
        return scaled(builder, name, y, 1.0, -1.0);
    }
    key.fail("the activation \"" + word + "\" is not supported", supported);
}

} // namespace bitgrain::import
