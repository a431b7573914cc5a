// Taking dead units and inputs out changes no output bit, no cost, and nothing of what a checkpoint means.
#include "base/random.hpp"
#include "build.hpp"
#include "layer_cases.hpp"
#include "nn/compact_trainer.hpp"
#include "nn/compaction.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

struct Outcome {
    std::vector<double> outputs;
    double ebops;
    std::size_t live_weights;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

Outcome outcome(Network& network, const Rows<double>& rows, Workers& workers) {
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const auto before = network.parameters.values();
    const Calibration calibration = calibrate(network, engine, rows, 1.0);
    network.parameters.values() = before;
    return {calibration.outputs, calibration.ebops, calibration.all_live_weights()};
}

/// Kills whole columns and rows of every kernel, single weights, and the bits of some inputs.
void kill_some(Network& network, Random& random) {
    Parameters& parameters = network.parameters;
    for (const LayerRecord& layer : network.layers) {
        if (!layer.kernel || layer.whole) continue;
        const std::size_t outputs = layer.output.size();
        for (std::size_t s = 0; s < parameters.slices().size(); ++s) {
            const ParameterSlice& slice = parameters.slices()[s];
            const auto values = parameters.slice(s);
            if (slice.name == layer.name + ".kernel") {
                for (std::size_t o = 0; o < outputs; ++o) {
                    const bool column = random.uniform(0, 1) < 0.3;
                    for (std::size_t i = 0; i < slice.size / outputs; ++i) {
                        if (column || random.uniform(0, 1) < 0.4) values[i * outputs + o] = 0.0F;
                    }
                }
            } else if (slice.name == layer.name + ".bias") {
                for (float& value : values)
                    value = random.uniform(0, 1) < 0.3 ? 0.0F : static_cast<float>(random.uniform(-1, 1));
            } else if (slice.name == layer.name + ".input.fraction") {
                for (float& value : values)
                    value = random.uniform(0, 1) < 0.2 ? -20.0F : value;
            }
        }
    }
}

} // namespace

TEST_CASE("a compacted network has the outputs and the cost of the whole one", "[nn][compaction]") {
    const std::uint64_t seed = GENERATE(1, 2, 3, 4, 5, 6);
    std::vector<LayerCase> cases = layer_cases();
    cases.push_back(
        {"dense",
         R"([{"type":"dense","units":20,"activation":"relu"},{"type":"dense","units":16,"activation":"relu"},{"type":"dense","units":12},{"type":"dense","units":3}])"});
    for (std::size_t c = 0; c < cases.size(); ++c) {
        CAPTURE(seed, cases[c].json);
        Random random(seed * 1000 + c);
        const InputFacts facts = cases[c].facts();
        auto test = make_network(cases[c].json, facts, 3, seed);
        Network& whole = *test.network;
        const auto rows = random_rows<double>(150, 6, 3, random);
        Workers workers(1);
        adapt_widths(whole, rows, workers);
        kill_some(whole, random);

        const Outcome before = outcome(whole, rows, workers);
        Engine<double> engine(whole.graph, whole.output, whole.cost, whole.parameters, workers);
        const auto kept = whole.parameters.values();
        const Calibration calibration = calibrate(whole, engine, rows, 1.0);
        whole.parameters.values() = kept;
        const Live live = find_live(whole, engine, calibration);
        auto part = build_network(JsonReader(test.layers, "test"), {}, facts, 3, seed, live);
        CHECK(kernel_size(*part) <= kernel_size(whole));

        std::vector<float> values = kept;
        move_constants(whole, engine, calibration, *part, whole.parameters, values);
        bury(whole.parameters, whole.parameters, part->parameters, values, false);
        narrow(whole.parameters, part->parameters, values, part->parameters.values());
        const Outcome after = outcome(*part, rows, workers);
        CHECK(after.outputs == before.outputs);
        CHECK(after.live_weights <= before.live_weights);
        CHECK(after.ebops <= before.ebops + 100.0); // biases may get fraction bits for the constants they take

        // What a checkpoint keeps is the whole network with what is dead buried in it.
        whole.parameters.values() = values;
        CHECK(outcome(whole, rows, workers) == after);
        // There and back.
        std::vector<float> again = values;
        for (const float& value : part->parameters.values())
            CHECK(std::isfinite(value));
        widen(whole.parameters, part->parameters, part->parameters.values(), again);
        CHECK(again == values);
    }
}

TEST_CASE("dead parts are found", "[nn][compaction]") {
    const auto test = make_network(
        R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","name":"b","units":2}])",
        {{3}, std::nullopt, false}, 2, 1);
    Network& network = *test.network;
    Random random(9);
    const auto rows = random_rows<double>(200, 3, 2, random);
    Workers workers(1);
    adapt_widths(network, rows, workers);
    const auto values = [&](const std::string& name) {
        for (std::size_t s = 0; s < network.parameters.slices().size(); ++s) {
            if (network.parameters.slices()[s].name == name) return network.parameters.slice(s);
        }
        throw std::runtime_error("no slice " + name);
    };
    for (const std::size_t i : {0U, 1U, 2U})
        values("a.kernel")[i * 4 + 1] = 0.0F; // unit 1 is constant
    values("a.bias")[1] = 0.75F;
    values("b.kernel")[2 * 2] = values("b.kernel")[2 * 2 + 1] = 0.0F; // nobody reads unit 2
    for (const std::size_t o : {0U, 1U, 2U, 3U})
        values("a.kernel")[0 * 4 + o] = o == 2 ? 1.0F : 0.0F; // only unit 2 reads input 0
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const Calibration calibration = calibrate(network, engine, rows, 1.0);
    const Live live = find_live(network, engine, calibration);
    CHECK(live.at("input") == std::vector<std::uint32_t>{1, 2});
    CHECK(live.at("a") == std::vector<std::uint32_t>{0, 3});
    CHECK(live.at("b") == std::vector<std::uint32_t>{0, 1});
}
