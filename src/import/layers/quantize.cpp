// HGQ2's quantizer as a layer of its own.
#include "import/layers/table.hpp"

namespace bitgrain::import {

Tensor quantize(Context& context) {
    const Tensor x = context.input();
    JsonReader config = context.config().at("config");
    const std::string where = context.where();
    Part whole;
    whole.parts.push_back(context.part("quantizer"));
    const Quantizer q = read_quantizer(config, whole, x.shape);
    return context.cast(x, q);
}

} // namespace bitgrain::import
