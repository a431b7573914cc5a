// Functions of one value: layers of their own, and the "activation" of a layer with a kernel (method, 4.2 and 8.1).
#pragma once

#include "nn/layers/layer.hpp"

namespace bitgrain::nn {

/// The layer's "activation" on x: the object of an activation layer without `name` and `inputs`, or its type alone.
struct Activation {
    Tensor y;
    std::optional<Rectifier> rectifier; ///< all it does; none: more than that
};
Activation activation(LayerContext& context, const Tensor& x);

} // namespace bitgrain::nn
