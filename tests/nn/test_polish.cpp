// Discrete descent: never up, counted as calibration counts, the same for any number of threads.
#include "base/random.hpp"
#include "build.hpp"
#include "nn/polish.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

constexpr std::size_t features = 6, classes = 3;

/// Untrained, with start widths from the data: much to gain.
TestNetwork network_for(const Rows<double>& rows, const std::string& options, const QuantizerDefaults& defaults = {}) {
    TestNetwork test = make_network(R"([{"type":"dense","units":10,"activation":"relu")" + options +
                                        R"(},{"type":"dense","units":3}])",
                                    {{features}, std::nullopt, false}, classes, 3, defaults);
    Workers workers(1);
    adapt_widths(*test.network, rows, workers);
    return test;
}

struct Sets {
    Rows<float> rows;
    Rows<double> exact;
};

/// The label is the largest of three features.
Sets make_sets(std::uint64_t seed, std::size_t count) {
    Random random(seed);
    Sets sets;
    sets.exact = random_rows<double>(count, features, classes, random);
    for (std::size_t r = 0; r < count; ++r) {
        const double* x = sets.exact.values.data() + r * features;
        sets.exact.labels[r] = static_cast<std::int32_t>(std::max_element(x, x + classes) - x);
    }
    // What float holds, so that both engines see the same data.
    for (double& value : sets.exact.values)
        value = static_cast<double>(static_cast<float>(value));
    sets.rows.count = count;
    sets.rows.features = features;
    sets.rows.values.assign(sets.exact.values.begin(), sets.exact.values.end());
    sets.rows.labels = sets.exact.labels;
    return sets;
}

const Loss cross_entropy{Loss::Kind::cross_entropy, classes, 0.0, {}};

Calibration calibrated(Network& network, const Rows<double>& rows) {
    Workers workers(1);
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    return calibrate(network, engine, rows, 1.0);
}

} // namespace

TEST_CASE("polish lowers loss + lambda * EBOPs, for every kind of quantizer", "[nn][polish]") {
    const std::uint64_t seed = 11;
    INFO("seed " << seed);
    const Sets sets = make_sets(seed, 700);
    Workers workers(1);
    QuantizerDefaults wrap, shared;
    wrap.kernel.overflow = wrap.bias.overflow = fx::Overflow::wrap;
    shared.kernel.granularity = Granularity::channel;
    shared.activation.overflow = fx::Overflow::sat;
    for (const QuantizerDefaults& defaults : {QuantizerDefaults{}, wrap, shared}) {
        for (const std::string options : {"", R"(,"batch_norm":true)"}) {
            const TestNetwork test = network_for(sets.exact, options, defaults);
            Polisher polisher(*test.network, sets.rows, cross_entropy, workers);
            for (const double lambda : {1e-5, 1e-3}) {
                const Polisher::Objective before = polisher.measure();
                const Polisher::Objective after = polisher.polish(lambda);
                CHECK(after.at(lambda) < before.at(lambda));
                CHECK(calibrated(*test.network, sets.exact).ebops == after.ebops);
            }
        }
    }
}

TEST_CASE("stopped at once, polish only trims: the same function in fewer bits", "[nn][polish]") {
    const std::uint64_t seed = 12;
    INFO("seed " << seed);
    const Sets sets = make_sets(seed, 300);
    const TestNetwork test = network_for(sets.exact, "");
    const Calibration before = calibrated(*test.network, sets.exact);
    Workers workers(1);
    Polisher(*test.network, sets.rows, cross_entropy, workers).polish(1e-4, [] { return true; });
    const Calibration after = calibrated(*test.network, sets.exact);
    CHECK(after.outputs == before.outputs);
    CHECK(after.ebops < before.ebops);
}

TEST_CASE("polish gives the same bytes for any number of threads", "[nn][polish]") {
    const std::uint64_t seed = 13;
    INFO("seed " << seed);
    const Sets sets = make_sets(seed, 20000); // rows in two parts
    std::vector<std::vector<float>> values;
    for (const unsigned threads : {1U, 2U}) {
        const TestNetwork test = network_for(sets.exact, "");
        const std::vector<float> start = test.network->parameters.values();
        Workers workers(threads);
        Polisher(*test.network, sets.rows, cross_entropy, workers).polish(1e-4);
        CHECK(test.network->parameters.values() != start);
        values.push_back(test.network->parameters.values());
    }
    CHECK(values[0] == values[1]);
}
