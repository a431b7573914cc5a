// One case per row of the layer table, or more: networks that use it, for the tests that run over all layers.
#pragma once

#include "nn/network.hpp"

#include <string>
#include <vector>

namespace bitgrain::nn {

/// Whether the six inputs are still to be standardised.
enum class Scaled { each, alike, not_at_all };

struct LayerCase {
    std::string layer; ///< row of the layer table
    std::string json;  ///< a network with it: 6 inputs, 3 outputs
    std::vector<std::size_t> shape = {6};
    Scaled scaled = Scaled::each;

    InputFacts facts(bool integral = false) const {
        InputFacts facts{shape, std::nullopt, integral};
        if (scaled == Scaled::each)
            facts.standardisation = data::Standardisation{{0.5, -1, 2, 0, 3, 0.25}, {2, 0.5, 1.5, 1, 3, 4}};
        if (scaled == Scaled::alike)
            facts.standardisation = data::Standardisation{std::vector<double>(6, 0.25), std::vector<double>(6, 1.5)};
        return facts;
    }
};

inline const std::vector<LayerCase>& layer_cases() {
    using enum Scaled;
    static const std::
        vector<LayerCase>
            cases{
                {"dense", R"([{"type":"dense","units":3}])"},
                {"dense",
                 R"([{"type":"dense","units":7,"activation":"relu"},{"type":"dense","units":3,"bias":false}])"},
                {"dense",
                 R"([{"type":"dense","units":5,"activation":"relu","batch_norm":true},{"type":"dense","units":3,"batch_norm":true}])"},
                {"dense",
                 R"([{"type":"dense","units":4,"activation":"relu","batch_norm":true},{"type":"dense","units":2,"kernel_quantizer":{"granularity":"channel"}},{"type":"flatten"},{"type":"dense","units":3}])",
                 {3, 2},
                 alike},
                {"conv1d",
                 R"([{"type":"conv1d","filters":3,"kernel_size":3,"strides":2,"padding":"same","activation":"relu"},{"type":"conv1d","filters":2,"kernel_size":[2],"batch_norm":true},{"type":"flatten"},{"type":"dense","units":3}])",
                 {6, 1},
                 alike},
                {"conv1d",
                 R"([{"type":"conv1d","filters":4,"kernel_size":2,"dilation":2,"bias":false},{"type":"flatten"},{"type":"dense","units":3}])",
                 {3, 2},
                 alike},
                {"conv2d",
                 R"([{"type":"conv2d","filters":2,"kernel_size":2,"activation":"relu"},{"type":"flatten"},{"type":"dense","units":3}])",
                 {2, 3, 1},
                 alike},
                {"conv2d",
                 R"([{"type":"conv2d","filters":2,"kernel_size":3,"padding":"same","batch_norm":true,"activation":"relu"},{"type":"conv2d","filters":3,"kernel_size":[1,2],"strides":[1,2],"padding":"same"},{"type":"conv2d","filters":2,"kernel_size":2,"dilation":[1,1],"input_quantizer":{"granularity":"channel"}},{"type":"flatten"},{"type":"dense","units":3}])",
                 {2, 3, 1},
                 alike},
                {"conv3d",
                 R"([{"type":"conv3d","filters":2,"kernel_size":[1,2,2],"padding":"same","activation":"relu"},{"type":"max_pool","pool_size":[1,1,2]},{"type":"conv3d","filters":2,"kernel_size":[1,2,1],"batch_norm":true},{"type":"flatten"},{"type":"dense","units":3}])",
                 {1, 2, 3, 1},
                 alike},
                {"relu", R"([{"type":"dense","units":5},{"type":"relu"},{"type":"dense","units":3}])"},
                {"relu",
                 R"([{"type":"dense","units":5,"activation":{"type":"relu","max":0.375}},{"type":"dense","units":4},{"type":"relu","max":6},{"type":"dense","units":3}])"},
                {"relu",
                 R"([{"type":"conv1d","filters":3,"kernel_size":2,"activation":{"type":"relu","max":1.5}},{"type":"flatten"},{"type":"relu","max":0.75},{"type":"dense","units":3}])",
                 {6, 1},
                 alike},
                {"leaky_relu",
                 R"([{"type":"dense","units":5,"activation":{"type":"leaky_relu","slope":0.25}},{"type":"dense","units":4},{"type":"leaky_relu"},{"type":"dense","units":3,"activation":"leaky_relu"}])"},
                {"hard_tanh",
                 R"([{"type":"dense","units":5,"activation":"hard_tanh"},{"type":"dense","units":4},{"type":"hard_tanh","quantizer":{"overflow":"SAT_SYM","granularity":"tensor"}},{"type":"dense","units":3,"activation":{"type":"hard_tanh","quantizer":{"bits":3,"round":"TRN"}}}])"},
                {"hard_sigmoid",
                 R"([{"type":"dense","units":5,"activation":"hard_sigmoid"},{"type":"dense","units":4},{"type":"hard_sigmoid","quantizer":{"bits":3}},{"type":"dense","units":3,"activation":{"type":"hard_sigmoid","quantizer":{"granularity":"channel"}}}])"},
                {"function",
                 R"([{"type":"dense","units":5,"activation":"tanh"},{"type":"dense","units":4},{"type":"function","function":"sigmoid"},{"type":"dense","units":3,"activation":{"type":"function","function":"silu","quantizer":{"overflow":"WRAP"}}}])"},
                {"function",
                 R"([{"type":"dense","units":4,"activation":{"type":"exp","input_quantizer":{"bits":3},"quantizer":{"overflow":"SAT","round":"RND_CONV"}}},{"type":"dense","units":4,"activation":"softplus"},{"type":"dense","units":4,"activation":{"type":"gelu","input_quantizer":{"granularity":"tensor"},"quantizer":{"granularity":"tensor"}}},{"type":"dense","units":3}])"},
                {"function",
                 R"([{"type":"dense","units":2,"activation":{"type":"square","input_quantizer":{"overflow":"SAT_SYM","bits":9,"max_bits":9}}},{"type":"flatten"},{"type":"dense","units":3,"activation":"relu"},{"type":"function","function":"sqrt","quantizer":{"round":"TRN_ZERO"}}])",
                 {3, 2},
                 alike},
                {"batch_norm", R"([{"type":"dense","units":5,"activation":"relu"},{"type":"batch_norm"},{"type":"dense","units":3},{"type":"batch_norm","epsilon":0.01,"momentum":0.9,"scale_quantizer":{"overflow":"WRAP"},"bias_quantizer":{"granularity":"tensor"}}])"},
                {"batch_norm",
                 R"([{"type":"batch_norm"},{"type":"dense","units":4},{"type":"batch_norm"},{"type":"relu"},{"type":"flatten"},{"type":"dense","units":3}])",
                 {3, 2},
                 not_at_all},
                {"quantize",
                 R"([{"type":"quantize","quantizer":{"overflow":"SAT","bits":3}},{"type":"dense","units":4},{"type":"quantize"},{"type":"dense","units":3,"activation":"relu"}])",
                 {6},
                 not_at_all},
                {"quantize",
                 R"([{"type":"quantize","quantizer":{"granularity":"tensor"}},{"type":"dense","units":3,"activation":"relu"},{"type":"quantize","quantizer":{"round":"TRN"}},{"type":"dense","units":3},{"type":"quantize","quantizer":{"round":"RND_CONV","granularity":"channel"}}])",
                 {6},
                 not_at_all},
                {"quantize",
                 R"([{"type":"dense","units":5,"kernel_quantizer":{"round":"TRN_ZERO"},"bias_quantizer":{"round":"RND_INF"}},{"type":"dense","units":5,"input_quantizer":{"round":"TRN_ZERO"}},{"type":"dense","units":4,"input_quantizer":{"round":"RND_ZERO","overflow":"SAT","bits":4}},{"type":"dense","units":3,"input_quantizer":{"round":"RND_MIN_INF","fraction":1}},{"type":"quantize","quantizer":{"round":"RND_INF","granularity":"tensor","fraction":1}}])"},
                {"quantize",
                 R"([{"type":"dense","units":4},{"type":"dense","units":4,"input_quantizer":{"round":"RND_INF","overflow":"SAT_SYM","bits":3}},{"type":"dense","units":4,"input_quantizer":{"round":"RND_ZERO","fraction":1}},{"type":"dense","units":3,"input_quantizer":{"round":"RND_MIN_INF","overflow":"PROVEN"}}])"},
                {"flatten", R"([{"type":"flatten"},{"type":"dense","units":3}])", {2, 3}},
                {"reshape",
                 R"([{"type":"reshape","shape":[2,3]},{"type":"dense","units":2,"activation":"relu"},{"type":"reshape","shape":[4]},{"type":"dense","units":3}])",
                 {6},
                 alike},
                {"reshape",
                 R"([{"type":"dense","units":6,"activation":"relu"},{"type":"reshape","shape":[3,2]},{"type":"dense","units":1}, {"type":"flatten"}])"},
                {"permute",
                 R"([{"type":"dense","units":4,"activation":"relu"},{"type":"permute","axes":[1,0]},{"type":"dense","units":2},{"type":"flatten"},{"type":"dense","units":3}])",
                 {2, 3},
                 alike},
                {"add",
                 R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["a"],"units":4},{"type":"add","inputs":["a","b"]},{"type":"dense","units":3}])"},
                {"subtract",
                 R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["a"],"units":4},{"type":"subtract","inputs":["a","b"]},{"type":"dense","units":3}])"},
                {"subtract",
                 R"([{"type":"quantize","name":"x"},{"type":"subtract","inputs":["x","input"]},{"type":"dense","units":3}])",
                 {6},
                 not_at_all},
                {"average",
                 R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["a"],"units":4},{"type":"average","inputs":["a","b","a"]},{"type":"dense","units":3}])"},
                {"dot",
                 R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"dot","inputs":["a","b"]},{"type":"dense","units":3}])",
                 {3, 2},
                 alike},
                {"dot",
                 R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"dot","inputs":["a","b"]},{"type":"dense","units":3}])"},
                {"multiply",
                 R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"multiply","inputs":["a","b"]},{"type":"dense","units":3}])"},
                {"maximum",
                 R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"dense","name":"c","inputs":["input"],"units":4},{"type":"maximum","inputs":["a","b","c"]},{"type":"dense","units":3}])"},
                {"minimum",
                 R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"minimum","inputs":["a","b"]},{"type":"dense","units":3}])"},
                {"concat",
                 R"([{"type":"dense","name":"a","units":2,"activation":"relu"},{"type":"dense","name":"b","inputs":["input"],"units":3},{"type":"concat","inputs":["b","a"]},{"type":"dense","units":3,"kernel_quantizer":{"overflow":"SAT_SYM","granularity":"channel","axis":1}}])"},
                {"max_pool",
                 R"([{"type":"conv2d","filters":2,"kernel_size":2,"padding":"same"},{"type":"max_pool","pool_size":[2,2],"strides":1,"padding":"same"},{"type":"flatten"},{"type":"dense","units":3}])",
                 {2, 3, 1},
                 alike},
                {"max_pool",
                 R"([{"type":"max_pool","pool_size":2},{"type":"flatten"},{"type":"dense","units":3}])",
                 {6, 1},
                 not_at_all},
                {"average_pool",
                 R"([{"type":"dense","units":4,"activation":"relu"},{"type":"average_pool","pool_size":"all"},{"type":"dense","units":3}])",
                 {2, 3, 1},
                 alike},
                {"average_pool",
                 R"([{"type":"conv1d","filters":4,"kernel_size":1,"activation":"relu"},{"type":"average_pool"},{"type":"flatten"},{"type":"dense","units":3}])",
                 {6, 1},
                 alike},
                {"sum",
                 R"([{"type":"dense","units":5,"activation":"relu"},{"type":"sum","axes":0},{"type":"dense","units":3}])",
                 {3, 2},
                 alike},
                {"sum", R"([{"type":"dense","units":3},{"type":"sum","axes":[0,1]}])", {2, 3, 1}, alike},
                {"mean",
                 R"([{"type":"dense","units":5,"activation":"relu"},{"type":"mean","axes":[0]},{"type":"dense","units":3}])",
                 {3, 2},
                 alike},
            };
    return cases;
}

} // namespace bitgrain::nn
