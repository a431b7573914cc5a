// Keras containers: what was saved, independent of the file's layout.
//   .keras  a zip: config.json (the network), metadata.json, model.weights.h5 (numbered variables per layer)
//   .h5     one HDF5 file: the network as a text attribute, named variables per layer (Keras 2 and 3, HGQ 1 proxies)
#pragma once

#include "base/json.hpp"
#include "import/weights.hpp"

#include <map>
#include <string>

namespace bitgrain::import {

struct Container {
    std::string where; ///< the file's name, for messages
    Json network;      ///< {"class_name": "Functional", "config": {...}, ...}
    std::string keras_version;
    std::map<std::string, Part> layers; ///< by layer name
};

/// Reads the bytes of a zip or of an HDF5 file; Error when they hold anything else.
Container read_container(std::string bytes, const std::string& where);

} // namespace bitgrain::import
