// C2: inference of the calibrated graph in double equals the frozen model, bit for bit, for every row of the layer
// table, inputs far outside of the calibrated range (so that quantizers wrap and saturate) included.
#include "model/inference.hpp"
#include "nn/build.hpp"
#include "nn/layer_cases.hpp"
#include "nn/optimizer.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

/// A few steps of training move every width to a value of its own.
void train_a_little(Network& network, const Rows<double>& rows, Workers& workers) {
    Rows<float> floats;
    floats.count = rows.count;
    floats.features = rows.features;
    floats.values.assign(rows.values.begin(), rows.values.end());
    floats.labels = rows.labels;
    adapt_widths(network, rows, workers);
    Engine<float> engine(network.graph, network.output, network.cost, network.parameters, workers);
    Adam adam(network.parameters.values().size());
    for (int step = 0; step < 30; ++step) {
        engine.step(floats, all_rows(rows.count), Mode::train, {Loss::Kind::cross_entropy, network.outputs}, 2e-3);
        adam.update(network.parameters, engine.gradient(), 0.1);
    }
}

/// Index of the first difference; the size when there is none. (Comparing whole vectors would print them.)
std::size_t first_difference(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    return static_cast<std::size_t>(std::mismatch(a.begin(), a.end(), b.begin()).first - a.begin());
}

} // namespace

TEST_CASE("every layer of the table has a case", "[nn][freeze]") {
    std::set<std::string> covered;
    for (const LayerCase& c : layer_cases())
        covered.insert(c.layer);
    for (const LayerType& type : layer_table())
        CHECK(covered.contains(type.name));
}

TEST_CASE("the frozen model equals the graph bit for bit on any input", "[nn][freeze]") {
    const std::uint64_t seed = GENERATE(1, 2, 3, 4, 5);
    const bool integral = seed % 2 == 0;
    Workers workers(2);
    for (const LayerCase& c : layer_cases()) {
        INFO("seed " << seed << ", network " << c.json);
        Random random(seed);
        auto test = make_network(c.json, c.facts(integral), 3, seed);
        Network& network = *test.network;
        auto rows = random_rows<double>(200, 6, 3, random, integral ? 4.0 : 1.5);
        if (integral) {
            for (double& x : rows.values)
                x = std::nearbyint(x);
        }
        train_a_little(network, rows, workers);

        Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
        const Calibration calibration = calibrate(network, engine, rows, 1.0);
        FeatureRange range{std::vector<double>(6, 0.0), std::vector<double>(6, 0.0)};
        for (std::size_t i = 0; i < rows.values.size(); ++i) {
            range.lo[i % 6] = std::min(range.lo[i % 6], rows.values[i]);
            range.hi[i % 6] = std::max(range.hi[i % 6], rows.values[i]);
        }
        const model::Model model = freeze_network(network, engine, calibration, range, "test");
        model::validate(model);

        // Any code of the port: far beyond what calibration saw for most ports of real data, so that inner quantizers
        // wrap.
        const auto formats = model::input_formats(model);
        Rows<double> any;
        any.count = 500;
        any.features = 6;
        std::vector<std::int64_t> codes;
        for (std::size_t r = 0; r < any.count; ++r) {
            for (const fx::Format& format : formats) {
                const std::int64_t code = random.chance(0.2)
                                              ? (random.chance(0.5) ? format.max_code() : format.min_code())
                                              : random.integer(format.min_code(), format.max_code());
                codes.push_back(code);
                any.values.push_back(std::ldexp(static_cast<double>(code), -format.fraction));
            }
        }
        std::vector<double> graph_outputs(any.count * 3);
        engine.forward(
            any, Mode::infer,
            [&](std::size_t first, std::size_t count, const double* y) {
                for (std::size_t r = 0; r < count; ++r) {
                    for (std::size_t o = 0; o < 3; ++o)
                        graph_outputs[(first + r) * 3 + o] = y[o * tile_rows + r];
                }
            },
            &calibration.casts);
        CHECK(first_difference(model::infer_real(model, codes, any.count), graph_outputs) == graph_outputs.size());

        // On the calibration rows nothing may overflow, and the calibrated outputs are the model's.
        const auto own = model::quantize_inputs(model, rows.values, rows.count);
        CHECK(first_difference(model::infer_real(model, own, rows.count), calibration.outputs) ==
              calibration.outputs.size());
    }
}

TEST_CASE("a network whose every weight died still freezes to constants", "[nn][freeze]") {
    auto test = make_network(R"([{"type":"dense","units":4,"activation":"relu"},{"type":"dense","units":2}])",
                             {{3}, std::nullopt, false}, 2, 1);
    Network& network = *test.network;
    Workers workers(1);
    Random random(2);
    const auto rows = random_rows<double>(70, 3, 2, random);
    adapt_widths(network, rows, workers);
    for (const auto& quantizer : network.graph.quantizers()) {
        if (!quantizer->name().ends_with(".kernel")) continue;
        for (float& fraction : network.parameters.slice(quantizer->width_slice()))
            fraction = -24.0F;
    }
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const Calibration calibration = calibrate(network, engine, rows, 1.0);
    CHECK(calibration.all_live_weights() == 0);
    const model::Model model =
        freeze_network(network, engine, calibration, {std::vector<double>(3, -1), std::vector<double>(3, 1)}, "dead");
    model::validate(model);
    const auto codes = model::quantize_inputs(model, rows.values, rows.count);
    CHECK(first_difference(model::infer_real(model, codes, rows.count), calibration.outputs) ==
          calibration.outputs.size());
}

TEST_CASE("no input overflows a proven quantizer, and the others stay as calibrated", "[nn][freeze]") {
    const std::uint64_t seed = GENERATE(1, 2, 3);
    CAPTURE(seed);
    Random random(seed);
    auto test = make_network(
        R"([{"type":"dense","name":"a","units":6,"activation":"relu"},{"type":"dense","name":"b","units":5,"input_quantizer":{"overflow":"PROVEN"}},{"type":"dense","name":"c","units":3}])",
        {{4}, std::nullopt, false}, 3, seed);
    Network& network = *test.network;
    const auto rows = random_rows<double>(100, 4, 3, random);
    Workers workers(1);
    train_a_little(network, rows, workers);
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const Calibration calibration = calibrate(network, engine, rows, 1.0);
    const model::Model model = freeze_network(network, engine, calibration,
                                              {std::vector<double>(4, -8.0), std::vector<double>(4, 8.0)}, "test");

    std::vector<std::int64_t> codes; // any code of the ports
    const auto formats = model::input_formats(model);
    for (std::size_t i = 0; i < 4000; ++i) {
        const fx::Format& format = formats[i % 4];
        codes.push_back(random.chance(0.5) ? (random.chance(0.5) ? format.max_code() : format.min_code())
                                           : random.integer(format.min_code(), format.max_code()));
    }
    std::set<std::string> overflowing;
    for (const model::OverflowCount& count : model::count_overflows(model, codes, 1000)) {
        if (count.rows > 0) overflowing.insert(model.steps[count.step].name);
    }
    CHECK_FALSE(overflowing.contains("b"));
    CHECK(overflowing.contains("c"));
    const auto own = model::quantize_inputs(model, rows.values, rows.count);
    CHECK(first_difference(model::infer_real(model, own, rows.count), calibration.outputs) ==
          calibration.outputs.size());
}
