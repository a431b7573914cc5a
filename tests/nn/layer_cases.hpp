// One case per row of the layer table: networks that use it, for the tests that run over all layers.
#pragma once

#include <string>
#include <vector>

namespace bitgrain::nn {

struct LayerCase {
    std::string layer; ///< row of the layer table
    std::string json;  ///< a network with it: 6 inputs (shape {6}, or {2, 3} for flatten), 3 outputs
};

inline const std::vector<LayerCase>& layer_cases() {
    static const std::vector<LayerCase> cases{
        {"dense", R"([{"type":"dense","units":3}])"},
        {"dense", R"([{"type":"dense","units":7,"activation":"relu"},{"type":"dense","units":3,"bias":false}])"},
        {"dense",
         R"([{"type":"dense","units":5,"activation":"relu","batch_norm":true},{"type":"dense","units":3,"batch_norm":true}])"},
        {"relu", R"([{"type":"dense","units":5},{"type":"relu"},{"type":"dense","units":3}])"},
        {"quantize",
         R"([{"type":"quantize","quantizer":{"overflow":"SAT","bits":3}},{"type":"dense","units":4},{"type":"quantize"},{"type":"dense","units":3,"activation":"relu"}])"},
        {"quantize",
         R"([{"type":"quantize","quantizer":{"granularity":"tensor"}},{"type":"dense","units":3,"activation":"relu"},{"type":"quantize","quantizer":{"round":"TRN"}},{"type":"dense","units":3},{"type":"quantize","quantizer":{"round":"RND_CONV","granularity":"channel"}}])"},
        {"flatten", R"([{"type":"flatten"},{"type":"dense","units":3}])"},
        {"add",
         R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["a"],"units":4},{"type":"add","inputs":["a","b"]},{"type":"dense","units":3}])"},
        {"concat",
         R"([{"type":"dense","name":"a","units":2,"activation":"relu"},{"type":"dense","name":"b","inputs":["input"],"units":3},{"type":"concat","inputs":["b","a"]},{"type":"dense","units":3,"kernel_quantizer":{"overflow":"SAT_SYM","granularity":"channel","axis":1}}])"},
    };
    return cases;
}

} // namespace bitgrain::nn
