// Activations of Keras that fixed-point hardware computes exactly: linear and the rectifiers.
#pragma once

#include "base/json.hpp"
#include "model/builder.hpp"

#include <limits>
#include <string>

namespace bitgrain::import {

/// y = x above 0, slope * x below (slope 0 to 1), at most top.
struct Rectifier {
    double slope = 0.0;
    double top = std::numeric_limits<double>::infinity();
};

model::Tensor rectify(model::Builder& builder, const std::string& name, const model::Tensor& x, const Rectifier& kind);
/// The keys of Keras's ReLU or LeakyReLU. Error when a number is too long to be exact in hardware.
Rectifier read_rectifier(JsonReader& config, const std::string& class_name);

/// The name of a function, which Keras writes as a word or as an object; "linear" when it is null.
std::string function_name(const JsonReader& key);
/// A word, or a ReLU or LeakyReLU layer in the place of a function.
model::Tensor activate(model::Builder& builder, const std::string& name, const model::Tensor& x, JsonReader key);

} // namespace bitgrain::import
