// Settings that could change the function and are not understood are refused, with layer, class and key.
#include "base/error.hpp"
#include "base/file.hpp"
#include "import/context.hpp"
#include "import/input_formats.hpp"
#include "import/layer_graph.hpp"
#include "import/layers/table.hpp"

#include <catch2/catch.hpp>
#include <string>

namespace {

using namespace bitgrain;
using Catch::Contains;

Json quantizer_config() {
    return Json::parse(R"({"module": "hgq.quantizer.config", "class_name": "QuantizerConfig", "registered_name":
        "hgq>QuantizerConfig", "config": {"q_type": "kif", "place": "datalane", "scaler": null, "qnoise_factor": null,
        "k0": 1, "i0": 2, "f0": 2, "round_mode": "RND", "overflow_mode": "SAT", "i_decay_speed": "Infinity",
        "homogeneous_axis": [0], "heterogeneous_axis": null, "bw_mapper": null, "trainable": true,
        "is_weight": false}})");
}

Json dense_config() {
    Json kernel = quantizer_config(), bias = quantizer_config();
    kernel["config"]["is_weight"] = true;
    bias["config"]["is_weight"] = true;
    return {{"name", "d"},
            {"trainable", true},
            {"dtype", "float32"},
            {"units", 1},
            {"activation", "relu"},
            {"use_bias", true},
            {"enable_ebops", false},
            {"enable_oq", false},
            {"enable_iq", true},
            {"oq_conf", nullptr},
            {"iq_conf", quantizer_config()},
            {"kq_conf", kernel},
            {"bq_conf", bias},
            {"beta0", 1e-5}};
}

import::Part quantizer_part(const std::string& name, const std::vector<std::size_t>& shape){
    const auto array = [&](double v){return import::Array{shape, std::vector<double>(import::elements(shape), v)};
}; // namespace
import::Part inner;
inner.name = "quantizer";
inner.variables = {{"0", array(2)}, {"1", array(2)}, {"2", array(1)}};
import::Part part;
part.name = name;
part.parts = {inner};
return part;
}

import::Part dense_weights(){import::Part part;
part.name = "d";
part.variables = {{"0", {{2, 1}, {0.5, -1.5}}}, {"1", {{1}, {0.25}}}};
part.parts = {quantizer_part("iq", {1, 2}), quantizer_part("kq", {2, 1}), quantizer_part("bq", {1})};
return part;
}

/// The model of one QDense of two inputs.
model::Model dense(const Json& config, const import::Part& weights) {
    import::Layer layer;
    layer.name = "d";
    layer.class_name = "QDense";
    layer.config = config;
    layer.where = "m.keras: layer 'd' (QDense)";
    import::Builder builder("m");
    import::Notes notes;
    const import::Tensor x = builder.input("x", {2});
    import::Context context(layer, &weights, {x}, builder, notes);
    builder.output("y", import::find_layer("QDense")(context));
    context.config().finish();
    return builder.model();
}

std::string message(const Json& config, const import::Part& weights = dense_weights()) {
    try {
        dense(config, weights);
    } catch (const Error& error) {
        return error.where() + ": " + error.message();
    }
    return "accepted";
}

} // namespace

TEST_CASE("the layer of this test is accepted as it stands", "[import][refusal]") {
    REQUIRE(message(dense_config()) == "accepted");
}

TEST_CASE("a key that nobody understands is refused with layer, class and key", "[import][refusal]") {
    Json config = dense_config();
    config["sparsity_mask"] = 3;
    REQUIRE_THAT(message(config), Contains("layer 'd' (QDense)") && Contains("sparsity_mask"));
    config = dense_config();
    config["iq_conf"]["config"]["dither"] = true;
    REQUIRE_THAT(message(config), Contains("layer 'd' (QDense)") && Contains("iq_conf") && Contains("dither"));
}

TEST_CASE("values that mean another function are refused", "[import][refusal]") {
    const auto with = [](const std::string& key, const Json& value) {
        Json config = dense_config();
        config[key] = value;
        return message(config);
    };
    REQUIRE_THAT(with("activation", "gelu"), Contains("gelu") && Contains("activation"));
    const auto function = [](const char* module, const char* word) {
        return Json{{"module", module}, {"class_name", "function"}, {"config", word}, {"registered_name", "function"}};
    };
    REQUIRE(with("activation", function("builtins", "relu")) == "accepted");
    REQUIRE_THAT(with("activation", function("builtins", "tanh")), Contains("tanh") && Contains("activation"));
    REQUIRE_THAT(with("activation", function("mine", "relu")), Contains("no function of Keras"));
    const auto rectifier = [](const char* layer, const char* key, double value) {
        return Json{{"module", "keras.layers"}, {"class_name", layer}, {"config", {{"name", "r"}, {key, value}}}};
    };
    REQUIRE(with("activation", rectifier("LeakyReLU", "negative_slope", 0.125)) == "accepted");
    REQUIRE_THAT(with("activation", rectifier("LeakyReLU", "negative_slope", 0.3)),
                 Contains("layer 'd' (QDense)") && Contains("negative_slope") && Contains("0.3"));
    REQUIRE_THAT(with("activation", rectifier("ReLU", "negative_slope", 2.0)), Contains("between 0 and 1"));
    REQUIRE_THAT(with("activation", rectifier("ReLU", "max_value", 0.1)), Contains("max_value") && Contains("0.1"));
    REQUIRE_THAT(with("activation", rectifier("ReLU", "threshold", 1.0)), Contains("threshold"));
    REQUIRE_THAT(with("activation", rectifier("ReLU", "ceiling", 1.0)), Contains("ceiling"));
    REQUIRE_THAT(with("dtype", "bfloat16"), Contains("bfloat16"));
    REQUIRE_THAT(with("quantization_config", Json::object({{"mode", "int8"}})), Contains("quantization_config"));
    REQUIRE_THAT(with("units", 2), Contains("kernel"));
    REQUIRE_THAT(with("use_bias", false), Contains("kernel"));
    const auto quantizer = [](const std::string& key, const Json& value) {
        Json config = dense_config();
        config["iq_conf"]["config"][key] = value;
        return message(config);
    };
    REQUIRE_THAT(quantizer("scaler", 2.0), Contains("scaler"));
    REQUIRE_THAT(quantizer("affine", Json::array({1, 2})), Contains("affine"));
    REQUIRE_THAT(quantizer("round_mode", "RND_EVEN"), Contains("RND_EVEN") && Contains("iq_conf"));
    REQUIRE_THAT(quantizer("overflow_mode", "WRAP_SM"), Contains("WRAP_SM"));
    REQUIRE_THAT(quantizer("q_type", "float"), Contains("q_type"));
}

TEST_CASE("stored variables that do not fit the configuration are refused", "[import][refusal]") {
    import::Part weights = dense_weights();
    weights.variables.emplace_back("2", import::Array{{1}, {1.0}});
    REQUIRE_THAT(message(dense_config(), weights), Contains("expected the stored variables kernel, bias"));
    weights = dense_weights();
    weights.parts.erase(weights.parts.begin());
    REQUIRE_THAT(message(dense_config(), weights), Contains("no part 'iq'"));
    weights = dense_weights();
    weights.parts[0].parts[0].variables[2].second.values[0] = 2; // a sign
    REQUIRE_THAT(message(dense_config(), weights), Contains("not a number of bits"));
}

TEST_CASE("an unknown class is refused with what is supported", "[import][refusal]") {
    REQUIRE(import::find_layer("LayerNormalization") == nullptr);
    REQUIRE_THAT(import::known_layers(), Contains("QDense") && Contains("QConv1D") && Contains("QAdd"));
}

TEST_CASE("networks that share or nest layers, and own classes, are refused", "[import][refusal]") {
    const auto graph = [](const std::string& layers) {
        import::Container container;
        container.where = "m.keras";
        container.network = Json::parse(R"({"class_name": "Functional", "config": {"name": "m", "layers": [
            {"class_name": "InputLayer", "config": {"name": "x", "batch_shape": [null, 2]}, "inbound_nodes": []},)" +
                                        layers + R"(], "input_layers": ["x", 0, 0], "output_layers": ["d", 0, 0]}})");
        try {
            read_graph(container);
        } catch (const Error& error) {
            return error.where() + ": " + error.message();
        }
        return std::string("accepted");
    };
    const std::string call = R"([["x", 0, 0, {}]])";
    const auto layer = [&](const std::string& more, const std::string& calls) {
        return R"({"class_name": "QDense", )" + more + R"("config": {"name": "d"}, "inbound_nodes": [)" + calls + "]}";
    };
    REQUIRE(graph(layer("", call)) == "accepted");
    REQUIRE_THAT(graph(layer("", call + "," + call)), Contains("called 2 times"));
    REQUIRE_THAT(graph(layer(R"("module": "my.layers", )", call)), Contains("my.layers"));
    REQUIRE_THAT(graph(layer(R"("registered_name": "mine>QDense", )", call)), Contains("mine"));
    REQUIRE_THAT(graph(layer("", R"([["y", 0, 0, {}]])")), Contains("do not exist"));
    REQUIRE_THAT(graph(layer("", R"([["x", 0, 0, {"mask": 1}]])")), Contains("keyword"));
}

TEST_CASE("an input that several quantizers round in their own ways has no port for them all", "[import][refusal]") {
    import::Builder builder("m");
    const import::Tensor x = builder.input("x", {1});
    const fx::Cast near{{true, 2, 1}, fx::Round::rnd, fx::Overflow::sat};
    builder.cast("a", x, {near});
    builder.cast("b", x, {near});
    using model::Rounding;
    model::Model alone = builder.model();
    import::set_input_formats(alone, "m", {{0, Rounding::rnd_zero}, { 1, Rounding::rnd_zero }});
    REQUIRE(alone.inputs[0].round == Rounding::rnd_zero);
    REQUIRE(alone.inputs[0].formats[0] == near.format);
    REQUIRE_THROWS_WITH(import::set_input_formats(builder.model(), "m", {{1, Rounding::rnd_zero}}),
                        Contains("'x'") && Contains("RND_ZERO"));
}
