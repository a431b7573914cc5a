// Activations against their definitions (method, 4.2, 8.1 and 18).
#include "nn/build.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

/// What a network of one input and one output makes of numbers, quantised. The quantizers' widths stay as they start.
std::vector<double> outputs_of(const std::string& layers, const std::vector<double>& x) {
    auto test = make_network(layers, {{1}, std::nullopt, false}, 1, 1);
    Workers workers(1);
    Engine<double> engine(test.network->graph, test.network->output, test.network->cost, test.network->parameters,
                          workers);
    Rows<double> rows;
    rows.count = x.size();
    rows.features = 1;
    rows.values = x;
    rows.labels.assign(x.size(), 0);
    return calibrate(*test.network, engine, rows, 1.0).outputs;
}

const std::string quantised = R"([{"type":"quantize","quantizer":{"fraction":4}},)";

} // namespace

TEST_CASE("rectifiers have their values", "[nn][activation]") {
    const std::vector<double> x{-8, -0.5, 0, 0.5, 5.9375, 6, 6.0625, 100};
    CHECK(outputs_of(quantised + R"({"type":"relu"}])", x) ==
          std::vector<double>{0, 0, 0, 0.5, 5.9375, 6, 6.0625, 100});
    CHECK(outputs_of(quantised + R"({"type":"relu","max":6}])", x) ==
          std::vector<double>{0, 0, 0, 0.5, 5.9375, 6, 6, 6});
    CHECK(outputs_of(quantised + R"({"type":"leaky_relu","slope":0.25}])", x) ==
          std::vector<double>{-2, -0.125, 0, 0.5, 5.9375, 6, 6.0625, 100});
}

TEST_CASE("hard_tanh and hard_sigmoid have their values", "[nn][activation]") {
    const std::vector<double> x{-9, -2, -1, -0.5, 0, 0.5, 1, 1.5, 9};
    const std::string three = R"("quantizer":{"bits":3,)";
    CHECK(outputs_of(quantised + R"({"type":"hard_tanh",)" + three + R"("overflow":"SAT"}}])", x) ==
          std::vector<double>{-1, -1, -1, -0.5, 0, 0.5, 0.875, 0.875, 0.875});
    CHECK(outputs_of(quantised + R"({"type":"hard_tanh",)" + three + R"("overflow":"SAT_SYM"}}])", x) ==
          std::vector<double>{-0.875, -0.875, -0.875, -0.5, 0, 0.5, 0.875, 0.875, 0.875});
    // (q + 2) / 4 with q in -2 .. 1.75
    CHECK(outputs_of(quantised + R"({"type":"hard_sigmoid",)" + three + R"("overflow":"SAT"}}])", x) ==
          std::vector<double>{0, 0, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 0.9375});
}

TEST_CASE("training cannot move the range of hard_tanh, and bounds of integer bits hold for start values",
          "[nn][activation]") {
    auto test = make_network(
        R"([{"type":"dense","units":2,"activation":"hard_tanh"},{"type":"dense","units":2,"input_quantizer":{"overflow":"SAT","min_integer":-3,"max_integer":-1}}])",
        {{3}, std::nullopt, false}, 2, 1);
    Random random(3);
    const auto rows = random_rows<double>(50, 3, 2, random, 10.0);
    Workers workers(1);
    adapt_widths(*test.network, rows, workers);
    const Parameters& parameters = test.network->parameters;
    for (const auto& q : test.network->graph.quantizers()) {
        const ParameterSlice& slice = parameters.slices()[q->integer_slice()];
        if (q->name() == "dense_1.activation") {
            CHECK((slice.lo == 0.0F && slice.hi == 0.0F));
            CHECK(parameters.slice(q->integer_slice())[0] == 0.0F);
        }
        if (q->name() == "dense_2.input") CHECK(parameters.slice(q->integer_slice())[0] == -1.0F);
    }
}
