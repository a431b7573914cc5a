#include "import/context.hpp"

#include "base/error.hpp"
#include "import/activation.hpp"

#include <algorithm>

namespace bitgrain::import {

namespace {

/// Inputs that were moved at most.
bool made_of_inputs(const model::Model& model, std::size_t value) {
    if (value < model.inputs.size()) return true;
    const model::Step& step = model.steps[value - model.inputs.size()];
    return std::holds_alternative<model::Gather>(step.op) &&
           std::any_of(step.operands.begin(), step.operands.end(),
                       [&](std::size_t operand) { return made_of_inputs(model, operand); });
}

} // namespace

void require_real(JsonReader& config) {
    if (!config.has("dtype")) return;
    const JsonReader type = config.at("dtype");
    Json word = type.json();
    if (word.is_object() && word.contains("config") && word["config"].is_object()) {
        word = word["config"].value("name", Json());
    }
    if (word != "float32" && word != "float64") type.fail("computes in " + word.dump(), "only float32 and float64 do");
}

Context::Context(const Layer& layer, const Part* weights, std::vector<Tensor> inputs, Builder& builder, Notes& notes)
    : layer_(layer), weights_(weights), inputs_(std::move(inputs)), builder_(builder), notes_(notes),
      config_(layer.config, layer.where + ":") {
    ignore({"name", "trainable"});
    require_real(config_);
}

const Tensor& Context::input() const {
    if (inputs_.size() != 1) fail("has " + std::to_string(inputs_.size()) + " inputs, expected one");
    return inputs_.front();
}

void Context::ignore(std::initializer_list<const char*> keys) {
    for (const char* key : keys)
        config_.has(key);
}

void Context::require(const std::string& key, const Json& value, const std::string& hint) {
    if (!config_.has(key)) return;
    const JsonReader reader = config_.at(key);
    if (reader.json() == value) return;
    reader.fail("is " + reader.json().dump().substr(0, 80) + ", supported is " + value.dump(), hint);
}

std::vector<std::size_t> Context::sizes(const std::string& key, std::size_t count) {
    const JsonReader reader = config_.at(key);
    std::vector<std::size_t> list;
    if (reader.json().is_number()) {
        list.assign(count, reader.as<std::size_t>());
    } else {
        list = reader.as<std::vector<std::size_t>>();
    }
    if (list.size() != count ||
        std::any_of(list.begin(), list.end(), [](std::size_t n) { return n == 0 || n > 65536; }))
        reader.fail("must be " + std::to_string(count) + " numbers from 1 to 65536");
    return list;
}

void Context::require_sizes(const std::string& key, const std::vector<std::size_t>& stored,
                            const std::vector<std::size_t>& otherwise) {
    if (!config_.has(key)) return;
    const JsonReader reader = config_.at(key);
    Json sizes = reader.json();
    if (sizes.is_null()) sizes = otherwise.empty() ? Json(stored) : Json(otherwise);
    if (!sizes.is_array()) sizes = Json::array({sizes});
    bool equal = sizes.size() == stored.size();
    for (std::size_t i = 0; equal && i < stored.size(); ++i)
        equal = sizes[i].is_null() || sizes[i] == stored[i];
    if (!equal) reader.fail("is " + reader.json().dump().substr(0, 80) + ", the stored weights make " + text(stored));
}

std::map<std::string, Array> Context::take(const std::vector<std::string>& names) {
    if (weights_ == nullptr) fail("has no stored weights");
    auto arrays = weights_->take(names, where());
    if (const auto found = arrays.find("ebops"); found != arrays.end() && found->second.size() == 1) {
        notes_.ebops.stored.emplace_back(name(), found->second.values[0]);
    }
    return arrays;
}

const Part& Context::part(const std::string& name) const {
    if (weights_ == nullptr) fail("has no stored weights");
    return weights_->at(name, where());
}

Quantizer Context::quantizer(const std::string& key, const std::string& name, const std::vector<std::size_t>& shape) {
    return read_quantizer(config_.at(key), part(name), shape);
}

Tensor Context::quantized_input(std::vector<double>& bits) {
    bits.assign(input().size(), 0.0);
    config_.has("iq_conf");
    if (!config_.get<bool>("enable_iq")) return input();
    const Quantizer q = quantizer("iq_conf", "iq", input().shape);
    bits = q.bits;
    return cast(input(), q);
}

std::vector<Tensor> Context::quantized_inputs(std::vector<std::vector<double>>& bits) {
    bits.clear();
    for (const Tensor& x : inputs_)
        bits.emplace_back(x.size(), 0.0);
    config_.has("iq_confs");
    if (!config_.get<bool>("enable_iq")) return inputs_;
    const auto configs = config_.at("iq_confs").elements();
    const Part& list = part("iq").at("quantizers", where());
    if (configs.size() != inputs_.size() || list.parts.size() != inputs_.size()) {
        fail("has " + std::to_string(inputs_.size()) + " inputs but " + std::to_string(configs.size()) + " and " +
             std::to_string(list.parts.size()) + " input quantizers");
    }
    std::vector<Tensor> result;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
        const Quantizer q = read_quantizer(configs[i], list.parts[i], inputs_[i].shape);
        bits[i] = q.bits;
        result.push_back(cast(inputs_[i], q));
    }
    return result;
}

Tensor Context::cast(const Tensor& x, const Quantizer& quantizer) {
    Roundings& roundings = notes_.roundings;
    if (!made_of_inputs(builder_.model(), x.value)) {
        return builder_.cast(name(), x, quantizer.casts, quantizer.rounding, roundings.wide);
    }
    Tensor y = builder_.cast(name(), x, quantizer.casts);
    roundings.at_ports[y.value - builder_.model().inputs.size()] = quantizer.rounding;
    return y;
}

Tensor Context::activation(const Tensor& y) {
    return config_.has("activation") ? activate(builder_, name(), y, config_.at("activation")) : y;
}

Tensor Context::finish(Tensor y) {
    y = activation(y);
    config_.has("oq_conf");
    if (!config_.get<bool>("enable_oq", false)) return y;
    const Quantizer q = quantizer("oq_conf", "oq", y.shape);
    return cast(y, q);
}

Tensor Context::inside(const std::string& part, Json config, std::vector<Tensor> inputs,
                       const std::function<Tensor(Context&)>& function, const Part* weights) {
    Layer layer;
    layer.name = name() + (part.starts_with('_') ? "" : "_") + part;
    layer.config = std::move(config);
    layer.where = where() + ", its part " + part;
    Context inner(layer, weights != nullptr ? weights : &this->part(part), std::move(inputs), builder_, notes_);
    Tensor y = function(inner);
    inner.config().finish();
    return y;
}

std::vector<std::string> Context::counters() {
    return config_.get<bool>("enable_ebops", false) ? std::vector<std::string>{"beta", "ebops"}
                                                    : std::vector<std::string>{};
}

void Context::count(double shared, std::size_t positions, double fixed) {
    ignore({"beta0"});
    const double factor = config_.get<double>("ebops_factor", 1.0);
    if (config_.has("parallelization_factor")) {
        const auto parallel = config_.get<std::int64_t>("parallelization_factor");
        if (parallel > 0) shared *= static_cast<double>(parallel) / static_cast<double>(positions);
    }
    if (config_.get<bool>("enable_ebops", false)) notes_.ebops.layers.emplace_back(name(), (shared + fixed) * factor);
}

void Context::count_weights(const std::vector<double>& weights) {
    notes_.ebops.weights += weights.size();
    notes_.ebops.live_weights +=
        static_cast<std::size_t>(std::count_if(weights.begin(), weights.end(), [](double w) { return w != 0.0; }));
}

void Context::fail(const std::string& message, const std::string& hint) const {
    throw Error(message, where(), hint);
}

} // namespace bitgrain::import
