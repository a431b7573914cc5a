// Activations against their definitions (method, 4.2, 8.1 and 18).
#include "nn/build.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>

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

TEST_CASE("functions have their values, and slopes that equal finite differences", "[nn][activation]") {
    struct Known {
        Function function;
        double x, y;
    };
    const std::vector<Known> known{{Function::tanh, 0.5, 0.46211715726000975},
                                   {Function::sigmoid, 0.0, 0.5},
                                   {Function::exp, 1.0, 2.718281828459045},
                                   {Function::exp, 1e9, std::exp(60.0)},
                                   {Function::sqrt, 2.25, 1.5},
                                   {Function::sqrt, -4.0, 0.0},
                                   {Function::square, -1.5, 2.25},
                                   {Function::softplus, 0.0, std::log(2.0)},
                                   {Function::softplus, 800.0, 800.0},
                                   {Function::silu, 1.0, 0.7310585786300049},
                                   {Function::gelu, 1.0, 0.8413447460685429}};
    for (const Known& k : known) {
        CAPTURE(static_cast<int>(k.function), k.x);
        CHECK(value_of(k.function, k.x) == Approx(k.y).epsilon(1e-14));
    }
    for (std::size_t f = 0; f < function_names().size(); ++f) {
        for (const double x : {-3.7, -0.3, 0.4, 2.0, 9.0}) {
            const auto function = static_cast<Function>(f);
            const double h = 1e-5, slope = (value_of(function, x + h) - value_of(function, x - h)) / (2 * h);
            CAPTURE(function_names()[f], x);
            CHECK(slope_of(function, x) == Approx(slope).epsilon(1e-7).margin(1e-8));
        }
    }
}

TEST_CASE("a table is the function between two quantizers", "[nn][activation]") {
    // Inputs in quarters from -2 to 1.75, results in eighths from -7/8 to 7/8.
    const std::vector<double> x{-9, -1.25, 0, 0.25, 0.3, 1, 9};
    std::vector<double> expected;
    for (const double key : {-2.0, -1.25, 0.0, 0.25, 0.25, 1.0, 1.75})
        expected.push_back(std::clamp(std::floor(8 * std::tanh(key) + 0.5) / 8, -0.875, 0.875));
    CHECK(
        outputs_of(
            quantised +
                R"({"type":"function","function":"tanh","input_quantizer":{"bits":3,"integer":1},"quantizer":{"bits":3,"integer":0}}])",
            x) == expected);
}

TEST_CASE("the cost of a table is that of its entries", "[nn][activation][cost]") {
    auto test = make_network(
        quantised +
            R"({"type":"function","function":"tanh","input_quantizer":{"bits":3,"integer":1,"pull":0},"quantizer":{"bits":4,"integer":0,"pull":0}}])",
        {{1}, std::nullopt, false}, 1, 1);
    Network& network = *test.network;
    Workers workers(1);
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    CHECK(engine.ebops() == Approx(1e-4 * 8 * 4));
    Random random(1);
    Rows<double> rows = random_rows<double>(20, 1, 1, random);
    rows.target_size = 1;
    rows.targets.assign(20, 0.5);
    const Loss loss{Loss::Kind::squared_error, 1};
    engine.step(rows, all_rows(20), Mode::train, loss, 2.0);
    const std::vector<double> with = engine.gradient();
    engine.step(rows, all_rows(20), Mode::train, loss, 0.0);
    for (const auto& q : network.graph.quantizers()) {
        const std::size_t at = network.parameters.slices()[q->width_slice()].offset;
        const double change = with[at] - engine.gradient()[at];
        if (q->name().ends_with(".table_input")) CHECK(change == Approx(2e-4 * std::log(2.0) * 8 * 4).epsilon(1e-6));
        if (q->name().ends_with(".table")) CHECK(change == Approx(2e-4 * 8).epsilon(1e-6));
    }
}

TEST_CASE("batch normalisation costs its products and shifts, average and dot what the merges cost", "[nn][cost]") {
    const auto ebops = [](const std::string& layers, const std::vector<std::size_t>& shape, std::size_t outputs) {
        auto test = make_network(layers, {shape, std::nullopt, true}, outputs, 1);
        for (const auto& q : test.network->graph.quantizers()) {
            const bool bias = q->name().ends_with("bias");
            const auto width = test.network->parameters.slice(q->width_slice());
            const auto integer = test.network->parameters.slice(q->integer_slice());
            std::fill(width.begin(), width.end(), q->saturates() ? 4.0F : bias ? 5.0F : 0.0F);
            std::fill(integer.begin(), integer.end(), bias ? 0.0F : 3.0F);
        }
        Workers workers(1);
        Engine<double> engine(test.network->graph, test.network->output, test.network->cost, test.network->parameters,
                              workers);
        return engine.ebops();
    };
    // 3 bits times 4 bits at 6 elements; 5 bits of a shift at each.
    CHECK(ebops(R"([{"type":"batch_norm"}])", {3, 2}, 6) == Approx(6 * 3 * 4 + 6 * 5));
    CHECK(ebops(R"([{"type":"quantize","name":"x"},{"type":"average","inputs":["x","x"]}])", {3, 2}, 6) ==
          Approx(6 * 0.65 * 3));
    CHECK(ebops(R"([{"type":"quantize","name":"x"},{"type":"dot","inputs":["x","x"]}])", {3, 2}, 3) ==
          Approx(6 * 3 * 3));
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
