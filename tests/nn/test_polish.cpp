// Discrete descent: never up, counted as calibration counts, the same for any number of threads.
#include "base/random.hpp"
#include "build.hpp"
#include "nn/polish.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("a weight takes over what another one leaves", "[nn][polish]") {
    const std::uint64_t seed = 14;
    INFO("seed " << seed);
    // Both inputs are the same number; each logit reads both. No weight alone can go: the other one has to double.
    Random random(seed);
    Sets sets;
    sets.exact = random_rows<double>(4000, 2, 2, random);
    for (std::size_t r = 0; r < sets.exact.count; ++r) {
        double* x = sets.exact.values.data() + 2 * r;
        x[0] = x[1] = std::floor(64.0 * x[0]) / 64.0;
        sets.exact.labels[r] = x[0] + 0.25 * random.normal() > 0.0 ? 1 : 0;
    }
    sets.rows.count = sets.exact.count;
    sets.rows.features = 2;
    sets.rows.values.assign(sets.exact.values.begin(), sets.exact.values.end());
    sets.rows.labels = sets.exact.labels;
    const TestNetwork test =
        make_network(R"([{"type":"dense","units":2}])", {{2}, std::nullopt, false}, 2, seed, QuantizerDefaults{});
    Workers workers(1);
    adapt_widths(*test.network, sets.exact, workers);
    const KernelParts& parts = *test.network->layers.back().kernel;
    const std::vector<float> kernel{-2.0F, 2.0F, -2.0F, 2.0F};
    std::copy(kernel.begin(), kernel.end(), test.network->parameters.slice(parts.kernel_slice).begin());
    const Loss two{Loss::Kind::cross_entropy, 2, 0.0, {}};
    Polisher polisher(*test.network, sets.rows, two, workers);
    const double lambda = 1e-3;
    const Polisher::Objective before = polisher.measure();
    const Polisher::Objective after = polisher.polish(lambda);
    CHECK(after.ebops < 0.6 * before.ebops);
    CHECK(after.at(lambda) < before.at(lambda));
    Engine<float> engine(test.network->graph, test.network->output, test.network->cost, test.network->parameters,
                         workers);
    engine.forward(sets.rows, Mode::calibrate, nullptr);
    const auto weights = engine.shared_value(parts.weights);
    INFO(weights[0] << ' ' << weights[1] << ' ' << weights[2] << ' ' << weights[3]);
    for (const std::size_t output : {0U, 1U})
        CHECK((weights[output] == 0.0F || weights[2 + output] == 0.0F));
}

TEST_CASE("curvature is that of the gradients of batches", "[nn][polish]") {
    const std::uint64_t seed = 15;
    INFO("seed " << seed);
    const Sets sets = make_sets(seed, 4096); // 64 batches of 64 rows
    const TestNetwork test = network_for(sets.exact, "");
    Network& network = *test.network;
    Workers workers(1);
    Engine<float> engine(network.graph, network.output, network.cost, network.parameters, workers);
    engine.forward(sets.rows, Mode::calibrate, nullptr);
    const std::vector<float> start = network.parameters.values();
    const std::vector<std::uint32_t> order = all_rows(sets.rows.count);
    const Curvature found = curvature(network, engine, sets.rows, order, cross_entropy);
    CHECK(network.parameters.values() == start);

    const std::size_t batches = 64, batch = 64;
    std::vector<std::vector<double>> gradients;
    for (std::size_t b = 0; b < batches; ++b) {
        engine.step(sets.rows, std::span(order).subspan(b * batch, batch), Mode::train, cross_entropy, 0.0);
        gradients.emplace_back(engine.gradient().begin(), engine.gradient().end());
        network.parameters.values() = start;
    }
    const auto mean = [&](const auto& value) {
        double sum = 0.0;
        for (const std::vector<double>& g : gradients)
            sum += value(g);
        return sum / batches;
    };
    const auto covariance = [&](std::size_t i, std::size_t k) {
        const double a = mean([&](const auto&g) { return g[i]; }), b = mean([&](const auto&g) { return g[k]; });
        return mean([&](const auto& g) { return (g[i] - a) * (g[k] - b); }) * batch;
    };
    REQUIRE(found.columns.size() == 13);
    std::size_t compared = 0;
    for (const Column& column : found.columns) {
        REQUIRE(column.partners.size() > 1);
        for (std::size_t i = 0; i < column.parameters.size(); ++i) {
            const std::size_t at = column.parameters[i];
            CHECK(found.gradient[at] == Approx(mean([&](const auto& g) { return g[at]; })));
            CHECK(found.diagonal[at] == Approx(covariance(at, at)).margin(1e-9));
            for (std::size_t p = 0; p < column.partners.size(); ++p, ++compared) {
                const std::size_t other = column.parameters[column.partners[p]];
                CHECK(column.joint[i * column.partners.size() + p] == Approx(covariance(at, other)).margin(1e-9));
            }
        }
    }
    REQUIRE(compared > 100);
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
