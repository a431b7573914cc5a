// HGQ2 and HGQ 1 networks in Keras files -> model::Model.
#pragma once

#include "import/container.hpp"
#include "model/model.hpp"

#include <string>

namespace bitgrain::import {

/// `bytes` of a .keras or .h5 file, `where` its name. The model computes exactly what the network does at inference,
/// in exact arithmetic. Every setting that could change the function and is not understood is an Error that names
/// layer, class and key; so is a class that is not known. facts: EBOPs as HGQ2 counts them, weights, live weights.
model::Model read_keras(std::string bytes, const std::string& where);
/// The same for a container that was read.
model::Model read_network(const Container& container);

} // namespace bitgrain::import
