// Layers that do not fit are refused with their place and what to do.
#include "base/error.hpp"
#include "nn/build.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

struct Wrong {
    std::string layers;
    std::vector<std::size_t> shape;
    std::string message, hint;
    bool standardised = false;
};

std::string error_of(const Wrong& wrong) {
    InputFacts facts{wrong.shape, std::nullopt, false};
    if (wrong.standardised)
        facts.standardisation = data::Standardisation{{0.5, -1, 2, 0, 3, 0.25}, {2, 0.5, 1.5, 1, 3, 4}};
    try {
        make_network(wrong.layers, facts, 3, 1);
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("layers that do not fit are refused", "[nn][layers]") {
    const std::vector<Wrong> cases{
        {R"([{"type":"conv2d","filters":2,"kernel_size":3}])", {6}, "needs an input of 3 axes", "reshape"},
        {R"([{"type":"conv1d","filters":2}])", {6, 1}, "needs kernel_size", ""},
        {R"([{"type":"conv1d","filters":0,"kernel_size":2}])", {6, 1}, "filters must be at least 1", ""},
        {R"([{"type":"conv1d","filters":2,"kernel_size":0}])", {6, 1}, "must be at least 1", ""},
        {R"([{"type":"conv2d","filters":2,"kernel_size":[1,2,3]}])", {2, 3, 1}, "or 2 in a list", ""},
        {R"([{"type":"conv2d","filters":2,"kernel_size":3}])", {2, 3, 1}, "the window is larger than the input", ""},
        {R"([{"type":"conv1d","filters":2,"kernel_size":2}])", {6, 1}, "standardised differently", "channels", true},
        {R"([{"type":"dense","units":3}])", {2, 3}, "has 6 outputs, the data need 3", "flatten"},
        {R"([{"type":"reshape","shape":[4,2]}])", {6}, "has 8 elements, the input 6", ""},
        {R"([{"type":"quantize"},{"type":"permute","axes":[0,0]}])", {2, 3}, "each of the 2 axes once", "from 0"},
        {R"([{"type":"permute","axes":[1,0]}])", {2, 3}, "real-valued data are quantised", "quantize layer"},
        {R"([{"type":"relu"},{"type":"dense","units":3}])", {6}, "real-valued data are quantised", "quantize layer"},
        {R"([{"type":"quantize"},{"type":"concat","inputs":["input","quantize_1"]},{"type":"dense","units":3}])",
         {6},
         "real-valued data are quantised",
         "quantize layer"},
        {R"([{"type":"max_pool"}])", {6}, "needs an input of 2 to 4 axes", "reshape"},
        {R"([{"type":"max_pool","pool_size":7}])", {6, 1}, "the window is larger than the input", ""},
        {R"([{"type":"average_pool","padding":"same"}])", {6, 1}, "is not for averages", "valid"},
        {R"([{"type":"sum","axes":2}])", {2, 3}, "must name some of the 2 axes", "from 0"},
        {R"([{"type":"sum","axes":[0,0]}])", {2, 3}, "must name some of the 2 axes", "from 0"},
        {R"([{"type":"mean","axes":0}])", {2, 3}, "can only be folded into a layer with a kernel", "first", true},
        {R"([{"type":"dense","name":"a","units":4},{"type":"multiply","inputs":["a","input"]}])",
         {6},
         "must have the same shape",
         ""},
        {R"([{"type":"dense","units":3,"activation":"rely"}])", {6}, "activation: 'rely' is not known", "relu"},
        {R"([{"type":"dense","units":3,"activation":{"type":"rely"}}])", {6}, "'rely' is not known", "relu"},
        {R"([{"type":"dense","units":3,"activation":"relu","max":6}])", {6}, "unknown key 'max'", ""},
        {R"([{"type":"dense","units":3,"activation":{"type":"relu","slope":0.5}}])", {6}, "unknown key 'slope'", ""},
        {R"([{"type":"dense","units":3,"activation":{"type":"relu","max":0}}])", {6}, "must be more than 0", ""},
        {R"([{"type":"dense","units":3,"activation":{"type":"relu","max":0.1}}])",
         {6},
         "needs more than 16 fraction bits",
         "0.100006103515625"},
        {R"([{"type":"dense","name":"d","units":3},{"type":"leaky_relu","slope":0.3}])",
         {6},
         "test[1]: slope: must be a power of two",
         "use 0.25 or 0.5"},
        {R"([{"type":"dense","units":3,"activation":{"type":"leaky_relu","slope":0.7}}])",
         {6},
         "power of two",
         "use 0.5"},
        {R"([{"type":"dense","units":3,"activation":{"type":"leaky_relu","slope":1}}])", {6}, "between 0 and 1", ""},
        {R"([{"type":"hard_tanh"}])", {6}, "real-valued data are quantised", "quantize layer"},
        {R"([{"type":"dense","units":3},{"type":"hard_tanh","quantizer":{"overflow":"WRAP"}}])",
         {6},
         "its saturation is the function",
         "SAT or SAT_SYM"},
        {R"([{"type":"dense","units":3,"activation":{"type":"hard_sigmoid","quantizer":{"integer":2}}}])",
         {6},
         "the integer bits of this activation are 1",
         ""},
        {R"([{"type":"dense","units":3,"activation":"tahn"}])", {6}, "'tahn' is not known", "tanh"},
        {R"([{"type":"dense","units":3},{"type":"function","function":"sinus"}])", {6}, "'sinus' is not known", ""},
        {R"([{"type":"function","function":"tanh"}])", {6}, "real-valued data are quantised", "quantize layer"},
        {R"([{"type":"dense","units":3,"activation":{"type":"tanh","input_quantizer":{"overflow":"WRAP"}}}])",
         {6},
         "needs an input of bounded width",
         "SAT or SAT_SYM"},
        {R"([{"type":"dense","units":3,"activation":{"type":"tanh","input_quantizer":{"max_bits":12}}}])",
         {6},
         "an entry for each of 2^(bits + 1) inputs",
         "at most 9 bits"},
        {R"([{"type":"dense","units":3,"activation":{"type":"tanh","quantizer":"none"}}])",
         {6},
         "the entries of a table need a quantizer",
         "SAT"},
        {R"([{"type":"batch_norm","momentum":1}])", {6}, "must be at least 0 and less than 1", ""},
        {R"([{"type":"batch_norm"}])", {6}, "can only be folded into a layer with a kernel", "first", true},
        {R"([{"type":"quantize"},{"type":"batch_norm","scale_quantizer":"none"}])",
         {6},
         "constants need a quantizer",
         ""},
        {R"([{"type":"dense","units":3,"input_quantizer":{"round":"RND_ZER0"}}])",
         {6},
         "'RND_ZER0' is not known",
         "RND_ZERO"},
        {R"([{"type":"quantize","quantizer":{"max_integer":2}},{"type":"dense","units":3}])",
         {6},
         "are for SAT and SAT_SYM",
         "WRAP"},
    };
    for (const Wrong& wrong : cases) {
        CAPTURE(wrong.layers);
        const std::string text = error_of(wrong);
        CHECK_THAT(text, Catch::Contains(wrong.message));
        CHECK_THAT(text, Catch::Contains(wrong.hint));
        CHECK_THAT(text, Catch::Contains("test"));
    }
}
