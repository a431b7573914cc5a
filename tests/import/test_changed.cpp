// Networks that import reads, with one value of their configuration changed so that it means another function, or does
// not fit what is stored: refused with the layer, its class and the reason.
#include "base/error.hpp"
#include "base/file.hpp"
#include "import/container.hpp"
#include "import/context.hpp"
#include "import/keras.hpp"
#include "import/layers/table.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace {

using namespace bitgrain;
using Catch::Contains;

const import::Container& fixture(const std::string& name) {
    static std::map<std::string, import::Container> read;
    const auto found = read.find(name);
    if (found != read.end()) return found->second;
    const auto path = std::filesystem::path(BITGRAIN_SOURCE_DIR) / "tests/import/fixtures" / (name + ".keras");
    return read.emplace(name, import::read_container(read_file(path), name + ".keras")).first->second;
}

/// What is said about the fixture with `value` as key `key` of a layer.
std::string changed(const std::string& name, const std::string& layer, const std::string& key, const Json& value) {
    import::Container container = fixture(name);
    std::size_t count = 0;
    for (Json& entry : container.network["config"]["layers"]) {
        if (entry["config"]["name"] != layer) continue;
        entry["config"][key] = value;
        ++count;
    }
    REQUIRE(count == 1);
    try {
        import::read_network(container);
    } catch (const Error& error) {
        return error.where() + ": " + error.message();
    }
    return "accepted";
}

} // namespace

TEST_CASE("settings of attention that change the function are refused", "[import][refusal]") {
    const auto cross = [](const std::string& key, const Json& value) {
        return changed("attentions", "cross", key, value);
    };
    const std::string layer = "layer 'cross' (QMultiHeadAttention)";
    REQUIRE(cross("dropout", 0.25) == "accepted"); // training only
    REQUIRE(cross("seed", 1) == "accepted");
    const std::vector<std::pair<std::string, Json>> other_functions{
        {"use_gate", true}, {"sliding_window", 2},   {"enable_oq", true}, {"enable_iq", false},
        {"causal", true},   {"attention_axes", {2}}, {"fuse", "vk"}};
    for (const auto& [key, value] : other_functions)
        REQUIRE_THAT(cross(key, value), Contains(layer) && Contains(key));
    REQUIRE_THAT(cross("stable_softmax", false), Contains(layer) && Contains("_softmax") && Contains("keys"));
    REQUIRE_THAT(cross("num_heads", 4), Contains(layer) && Contains("heads"));
    REQUIRE_THAT(cross("key_dim", 2), Contains(layer) && Contains("heads"));
    REQUIRE_THAT(cross("use_bias", false), Contains(layer) && Contains("query_dense") && Contains("stored variables"));
    REQUIRE_THAT(cross("enable_ebops", false), Contains(layer) && Contains("stored variables"));
    REQUIRE_THAT(cross("fuse", "kv"), Contains(layer) && Contains("although it shares one"));
    REQUIRE_THAT(cross("fuse", "qkv"), Contains(layer) && Contains("different inputs"));
    REQUIRE_THAT(changed("attentions", "one", "fuse", "none"), Contains("layer 'one'") && Contains("no part 'iq'"));
    REQUIRE_THAT(changed("attentions", "keys", "fuse", "kv"), Contains("layer 'keys'") && Contains("different inputs"));
    REQUIRE_THAT(cross("softmax_exp_iq_conf", nullptr),
                 Contains(layer) && Contains("exp_table") && Contains("iq_conf"));

    const auto lin = [](const std::string& name, const std::string& key, const Json& value) {
        return changed("linformers", name, key, value);
    };
    REQUIRE_THAT(lin("plane", "attention_axes", {1}), Contains("(QLinformerAttention)") && Contains("attention_axes"));
    REQUIRE_THAT(lin("plain", "lin_kv_proj_mode", "dense_t"),
                 Contains("layer 'plain'") && Contains("lin_kv_proj_mode"));
    REQUIRE_THAT(lin("plain", "lin_kv_proj_dim", {1, 2}), Contains("layer 'plain'") && Contains("lin_kv_proj_dim"));
    REQUIRE_THAT(lin("shared", "share_kv_proj", false), Contains("layer 'shared'") && Contains("_lin_v_proj"));
    REQUIRE_THAT(changed("old_attentions", "unstable", "stable_softmax", true),
                 Contains("layer 'unstable' (QMultiHeadAttention)") && Contains("exp_table"));
}

TEST_CASE("attention's call names query, value and key and nothing else", "[import][refusal]") {
    const auto called = [](const std::string& name, const std::function<void(Json&)>& edit) {
        import::Container container = fixture("dots");
        for (Json& entry : container.network["config"]["layers"]) {
            if (entry["config"]["name"] == name) edit(entry["inbound_nodes"][0]["kwargs"]);
        }
        try {
            import::read_network(container);
        } catch (const Error& error) {
            return error.where() + ": " + error.message();
        }
        return std::string("accepted");
    };
    REQUIRE(called("swapped", [](Json&) {}) == "accepted");
    REQUIRE_THAT(called("swapped", [](Json& call) { call["use_causal_mask"] = true; }),
                 Contains("layer 'swapped'") && Contains("use_causal_mask"));
    REQUIRE_THAT(called("swapped", [](Json& call) { call["attention_mask"] = call["key"]; }),
                 Contains("layer 'swapped'") && Contains("attention_mask"));
    REQUIRE_THAT(called("named", [](Json& call) { call.erase("query"); }), Contains("layer 'named'"));
    REQUIRE_THAT(called("rows", [&](Json& call) { call["query"] = fixture("dots").network["config"]["layers"]; }),
                 Contains("layer 'rows' (QDot)") && Contains("query"));
}

TEST_CASE("settings of a softmax that change the function are refused", "[import][refusal]") {
    const auto rows = [](const std::string& key, const Json& value) {
        return changed("softmaxes", "rows", key, value);
    };
    const std::string layer = "layer 'rows' (QSoftmax)";
    REQUIRE_THAT(rows("axes", {0}), Contains(layer) && Contains("batch"));
    REQUIRE_THAT(rows("axes", {3}), Contains(layer) && Contains("axis"));
    REQUIRE_THAT(rows("axes", Json::array()), Contains(layer) && Contains("axes"));
    REQUIRE_THAT(rows("stable", false), Contains(layer) && Contains("no keys"));
    REQUIRE_THAT(rows("stable", "yes"), Contains(layer) && Contains("stable"));
    REQUIRE_THAT(rows("mask", true), Contains(layer) && Contains("mask"));
    REQUIRE_THAT(rows("exp_oq_conf", nullptr), Contains(layer) && Contains("oq_conf"));
    REQUIRE_THAT(changed("softmaxes", "unstable", "stable", true),
                 Contains("layer 'unstable'") && Contains("exp_table"));
}

TEST_CASE("unknown keys are refused, training's keys are not, on the layers that were added last",
          "[import][refusal]") {
    const std::vector<std::pair<std::string, std::string>> layers{
        {"attentions", "cross"}, {"linformers", "plain"}, {"softmaxes", "rows"}, {"paddings", "z1"},
        {"paddings", "z5"},      {"paddings", "c1"},      {"paddings", "c4"},    {"paddings", "u1"},
        {"paddings", "u3"},      {"paddings", "r"},       {"dense", "x"}};
    for (const auto& [network, layer] : layers) {
        CAPTURE(network, layer);
        REQUIRE_THAT(changed(network, layer, "sparsity_mask", 3), Contains(layer) && Contains("sparsity_mask"));
        REQUIRE(changed(network, layer, "trainable", false) == "accepted");
    }
    for (std::size_t i = 0; i < 3; ++i) {
        const auto& [network, layer] = layers[i];
        CAPTURE(network, layer);
        REQUIRE(changed(network, layer, "ebops_factor", 0.5) == "accepted");
        for (const Json& value : {Json(0.25), Json("none"), Json::object()})
            REQUIRE(changed(network, layer, "beta0", value) == "accepted");
    }
}

TEST_CASE("stored weights that a changed configuration would not use are refused", "[import][refusal]") {
    REQUIRE_THAT(changed("linformers", "plain", "share_kv_proj", true),
                 Contains("layer 'plain'") && Contains("_lin_v_proj"));
    REQUIRE_THAT(changed("linformers", "plain", "lin_kv_proj_dim", {3}), Contains("lin_kv_proj_dim"));
    REQUIRE_THAT(changed("attentions", "cross", "value_dim", 3), Contains("layer 'cross'") && Contains("value_dim"));
    REQUIRE_THAT(changed("attentions", "self", "value_dim", nullptr), Contains("value_dim"));
    REQUIRE_THAT(changed("attentions", "self", "output_shape", {4}), Contains("output_shape"));
    REQUIRE_THAT(changed("attentions", "self", "output_shape", nullptr), Contains("output_shape"));
    REQUIRE_THAT(changed("dense", "d1", "enable_iq", false), Contains("layer 'd1'") && Contains("iq/quantizer"));
    REQUIRE_THAT(changed("dense", "d2", "enable_oq", false), Contains("layer 'd2'") && Contains("oq/quantizer"));
    REQUIRE_THAT(changed("softmaxes", "input", "enable_iq", false), Contains("iq/quantizer"));
    REQUIRE_THAT(changed("dense", "x", "dtype", "int8"), Contains("layer 'x'") && Contains("int8"));
}

TEST_CASE("tables without quantizers and products of values that do not fit are refused", "[import][refusal]") {
    for (const char* key : {"enable_iq", "enable_oq"})
        REQUIRE_THAT(changed("unaries", "tanh", key, false), Contains("(QUnaryFunctionLUT)") && Contains(key));
    const auto product = [](const std::string& name, const std::string& key, const Json& value) {
        return changed("products", name, key, value);
    };
    REQUIRE_THAT(product("scores", "equation", "bij,bjk->bik"), Contains("(QEinsum)") && Contains("two sizes"));
    REQUIRE_THAT(product("scores", "equation", "bij,kj->bik"), Contains("(QEinsum)") && Contains("batch axis"));
    REQUIRE_THAT(product("scores", "equation", "bij,bkjl->bik"), Contains("(QEinsum)") && Contains("axes"));
    REQUIRE_THAT(product("pairs", "axes", {2, 1}), Contains("(QDot)") && Contains("two sizes"));
    REQUIRE_THAT(product("pairs", "axes", {2, 3}), Contains("(QDot)") && Contains("does not exist"));
    REQUIRE_THAT(product("pairs", "axes", {0, 2}), Contains("(QDot)") && Contains("batch"));
    REQUIRE_THAT(product("pairs", "axes", {1, 2, 3}), Contains("(QDot)") && Contains("one number or two"));
}

TEST_CASE("an average of a number of values that is no power of two is refused", "[import][refusal]") {
    import::Layer layer;
    layer.name = "mean";
    layer.class_name = "Average";
    layer.where = "m.keras: layer 'mean' (Average)";
    layer.config = Json::object();
    for (const std::size_t count : {2, 3, 4, 5}) {
        import::Builder builder("m");
        import::Notes notes;
        std::vector<import::Tensor> inputs;
        for (std::size_t i = 0; i < count; ++i)
            inputs.push_back(builder.input("x" + std::to_string(i), {2}));
        import::Context context(layer, nullptr, inputs, builder, notes);
        if (count % 2 == 0) {
            REQUIRE(import::find_layer("Average")(context).size() == 2);
        } else {
            REQUIRE_THROWS_WITH(import::find_layer("Average")(context),
                                Contains("layer 'mean' (Average)") && Contains("not a power of two"));
        }
    }
}
