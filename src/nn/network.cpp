#include "nn/network.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "fx/arithmetic.hpp"
#include "nn/freezer.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace bitgrain::nn {

std::size_t Network::weights() const {
    std::size_t total = 0;
    for (const CostTerm& term : cost) {
        if (term.kind == CostTerm::Kind::kernel) total += graph.quantizers()[term.quantizers[1]]->size();
    }
    return total;
}

std::unique_ptr<Network> build_network(const JsonReader& layers, const QuantizerDefaults& defaults,
                                       const InputFacts& facts, std::size_t outputs, std::uint64_t seed,
                                       const Live& live) {
    auto network = std::make_unique<Network>();
    Random random(seed);
    Tensor x;
    x.shape = facts.shape;
    x.pending = facts.standardisation;
    if (const auto found = live.find("input"); found != live.end()) x.keep(found->second);
    x.var = input(network->graph, "input", x.size(), x.live);
    network->input = x.var;
    network->input_shape = x.shape;
    network->integral_input = facts.integral;

    network->layers.push_back({"input", "input", {}, x, std::nullopt, false});
    std::map<std::string, std::size_t> by_name{{"input", 0}};
    std::vector<std::string> names{"input"};
    std::string last = "input";
    std::optional<Tensor> quantised_data;
    for (JsonReader& reader : std::vector<JsonReader>(layers.elements())) {
        std::vector<std::string> types;
        for (const LayerType& type : layer_table())
            types.push_back(type.name);
        const LayerType& type = layer_table()[reader.choice("type", types)];
        const auto name = reader.get<std::string>("name", type.name + "_" + std::to_string(names.size()));
        if (by_name.contains(name)) reader.fail("two layers are named '" + name + "'");
        std::vector<Tensor> in;
        LayerRecord record{name, type.name, {}, {}, std::nullopt, false};
        for (const auto& from : reader.get<std::vector<std::string>>("inputs", {last})) {
            if (!by_name.contains(from))
                reader.fail("there is no layer '" + from + "' before this one", suggestion(from, names));
            record.inputs.push_back(by_name.at(from));
            in.push_back(network->layers[record.inputs.back()].output);
        }
        if (in.size() < type.min_inputs || in.size() > type.max_inputs) {
            reader.fail("a " + type.name + " layer takes " + std::to_string(type.min_inputs) +
                        (type.max_inputs > type.min_inputs ? " or more inputs" : " input") + ", not " +
                        std::to_string(in.size()));
        }
        LayerContext context{network->graph, network->parameters, network->cost,  defaults,       random, name,
                             reader,         facts.integral,      network->input, quantised_data, live,   record.kernel,
                             record.whole};
        record.output = type.build(context, in);
        reader.finish();
        by_name[name] = network->layers.size();
        network->layers.push_back(std::move(record));
        names.push_back(name);
        last = name;
    }
    if (last == "input") layers.fail("the network has no layers");
    const Tensor& y = network->layers.back().output;
    if (y.size() != outputs) {
        layers.fail("the last layer '" + last + "' has " + std::to_string(y.size()) + " outputs, the data need " +
                        std::to_string(outputs),
                    y.shape.size() > 1 ? "put a flatten layer before the last dense layer" : "");
    }
    network->output = y.var;
    network->outputs = outputs;
    return network;
}

std::size_t Calibration::all_live_weights() const {
    return std::accumulate(live_weights.begin(), live_weights.end(), std::size_t{0});
}

void adapt_widths(Network& network, const Rows<double>& rows, Workers& workers) {
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const Ranges<double> ranges = engine.forward(rows, Mode::unquantised, {});
    for (const auto& quantizer : network.graph.quantizers()) {
        const auto lo = std::span(ranges.lo).subspan(quantizer->range_offset, quantizer->groups());
        const auto hi = std::span(ranges.hi).subspan(quantizer->range_offset, quantizer->groups());
        quantizer->adapt(network.parameters, lo, hi);
    }
}

namespace {

std::size_t live_weights(const Network& network, const Engine<double>& engine, const std::vector<fx::Cast>& inputs,
                         const CostTerm& term) {
    std::vector<float> has_bits; // of each input
    for (const fx::Cast& cast : inputs)
        has_bits.push_back(cast.format.is_zero() ? 0.0F : 1.0F);
    const std::vector<float> uses = term.price_of_row(has_bits);
    std::size_t live = 0;
    for (std::size_t i = 0; i < network.graph.nodes().size(); ++i) {
        const GraphNode& node = network.graph.nodes()[i];
        if (!node.shared || node.quantizer != static_cast<int>(term.quantizers[1])) continue;
        const auto weights = engine.shared_value({static_cast<std::uint32_t>(i)});
        for (std::size_t k = 0; k < weights.size(); ++k)
            live += weights[k] != 0.0 && uses[k / term.outputs] > 0.0F ? 1 : 0;
    }
    return live;
}

} // namespace

Calibration calibrate(Network& network, Engine<double>& engine, const Rows<double>& rows, double cover) {
    Calibration result;
    result.outputs.resize(rows.count * network.outputs);
    const Ranges<double> ranges =
        engine.forward(rows, Mode::calibrate, [&](std::size_t first, std::size_t count, const double* output) {
            for (std::size_t r = 0; r < count; ++r) {
                for (std::size_t o = 0; o < network.outputs; ++o)
                    result.outputs[(first + r) * network.outputs + o] = output[o * tile_rows + r];
            }
        });
    for (const auto& quantizer : network.graph.quantizers()) {
        const auto lo = std::span(ranges.lo).subspan(quantizer->range_offset, quantizer->groups());
        const auto hi = std::span(ranges.hi).subspan(quantizer->range_offset, quantizer->groups());
        // Forget everything before: the calibrated bits are those of these rows.
        quantizer->track(network.parameters, lo.data(), hi.data(), 1e9);
        result.casts.push_back(quantizer->casts(network.parameters, lo, hi, cover));
    }
    result.ebops = engine.ebops();
    for (const CostTerm& term : network.cost) {
        if (term.kind == CostTerm::Kind::kernel)
            result.live_weights.push_back(live_weights(network, engine, result.casts[term.quantizers[0]], term));
    }
    return result;
}

namespace {

/// Formats of the hardware's port. Integer data: the narrowest integers that hold the data. Real data: the grid and
/// range that the quantizers reading the input use (software rounds into it, so nothing is lost that the network would
/// keep).
model::Input make_port(const Network& network, const Calibration& calibration, const FeatureRange& range) {
    model::Input port{"x", network.input_shape, {}};
    std::size_t size = 1;
    for (const std::size_t extent : port.shape)
        size *= extent;
    for (std::size_t e = 0; e < size; ++e) {
        if (network.integral_input) {
            port.formats.push_back(
                fx::format_of({static_cast<std::int64_t>(range.lo[e]), static_cast<std::int64_t>(range.hi[e]), 0}));
            continue;
        }
        // At most one quantizer reads real data (LayerContext::quantized); none: no output depends on them.
        fx::Format format;
        for (const GraphNode& node : network.graph.nodes()) {
            if (node.quantizer < 0 || node.shared || node.in[0].id != network.input.id) continue;
            format = calibration.casts[static_cast<std::size_t>(node.quantizer)][e].format;
        }
        port.formats.push_back(format);
    }
    return port;
}

} // namespace

model::Model freeze_network(const Network& network, const Engine<double>& engine, const Calibration& calibration,
                            const FeatureRange& range, const std::string& name) {
    Freezer freezer(network.graph, engine, calibration.casts, network.input, make_port(network, calibration, range));
    model::Model model = freezer.freeze(network.output, "y");
    model.name = name;
    return model;
}

} // namespace bitgrain::nn
