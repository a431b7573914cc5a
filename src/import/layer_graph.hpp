// The network as Keras wrote it down: typed layers in order, each with its configuration and where its inputs come
// from. Only the wiring is understood here; what a layer computes is in layers/.
#pragma once

#include "import/container.hpp"

#include <map>
#include <string>
#include <vector>

namespace bitgrain::import {

/// One node of the network.
struct Layer {
    std::string name;
    std::string class_name;                      ///< without the package: "QDense"
    Json config;                                 ///< the layer's own keys
    std::vector<std::string> inputs;             ///< names of the layers it reads, in call order
    std::map<std::string, std::size_t> keywords; ///< inputs that the call names: number in `inputs`
    Json arguments = Json::array();              ///< call arguments that are no layers' values (slices)
    std::string where;                           ///< "model.keras: layer 'out' (QDense)"
};

struct LayerGraph {
    std::string name;
    std::vector<Layer> layers;                ///< each after its inputs
    std::vector<std::string> inputs, outputs; ///< names of layers in port order
};

/// Error for nested or shared layers, unknown packages, loops and everything else that cannot be followed.
LayerGraph read_graph(const Container& container);

} // namespace bitgrain::import
