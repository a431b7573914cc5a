// The quantizer's values and surrogate gradients against the closed forms (method, sections 2, 3 and 18), and EBOPs.
#include "nn/build.hpp"

#include <catch2/catch.hpp>
#include <numbers>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

struct Probe {
    double value, dx, dwidth, dinteger;
};

/// One number through one quantizer with an upstream gradient of 1: squared error of target value - 1/2.
Probe probe(double x, const QuantizerSettings& settings) {
    Graph graph;
    Parameters parameters;
    const Var in = input(graph, "x", 1);
    const std::size_t shift_slice = parameters.add({"shift"}, std::vector<float>{0.0F});
    const std::size_t unit_slice = parameters.add({"unit"}, std::vector<float>{1.0F});
    // x + shift, so that the gradient of shift is the gradient of x.
    const Var moved = affine(graph, "shift", in, parameter(graph, "unit", unit_slice, 1),
                             parameter(graph, "shift", shift_slice, 1), one_window(1));
    graph.add_quantizer(std::make_unique<Quantizer>("q", std::vector<std::size_t>{1}, settings, parameters));
    const Quantizer& quantizer = *graph.quantizers()[0];
    const Var out = quantize(graph, "q", moved, quantizer_vars(graph, 0));
    Workers workers(1);
    std::vector<CostTerm> cost;
    Engine<double> engine(graph, out, cost, parameters, workers);
    Rows<double> rows;
    rows.count = 1;
    rows.features = 1;
    rows.values = {x};
    double value = 0.0;
    engine.forward(rows, Mode::calibrate, [&](std::size_t, std::size_t, const double* y) { value = y[0]; });
    rows.targets = {value - 0.5};
    rows.target_size = 1;
    engine.step(rows, all_rows(1), Mode::train, {Loss::Kind::squared_error, 1}, 0.0);
    const auto gradient = [&](std::size_t slice) { return engine.gradient()[parameters.slices()[slice].offset]; };
    return {value, gradient(shift_slice), gradient(quantizer.width_slice()), gradient(quantizer.integer_slice())};
}

QuantizerSettings settings(fx::Overflow overflow, double width, double integer) {
    QuantizerSettings s;
    s.overflow = overflow;
    s.adapt = false;
    s.pull = 0.0;
    s.fraction = s.bits = width;
    s.integer = integer;
    return s;
}

constexpr double ln2 = std::numbers::ln2;

} // namespace

TEST_CASE("a wrapping quantizer rounds to nearest and its fraction gets the surrogate gradient", "[nn][quantizer]") {
    const auto [x, expected] = GENERATE(
        table<double, double>({{0.374, 0.25}, {0.375, 0.5}, {-0.375, -0.25}, {-0.376, -0.5}, {0.3, 0.25}, {0.0, 0.0}}));
    CAPTURE(x);
    const Probe p = probe(x, settings(fx::Overflow::wrap, 2, 0));
    CHECK(p.value == expected);
    CHECK(p.dx == 1.0);
    CHECK(p.dwidth == Approx(ln2 * (x - expected)).margin(1e-15));
    CHECK(p.dinteger == 0.0);
}

TEST_CASE("a pruned value can grow back", "[nn][quantizer]") {
    const Probe p = probe(0.3, settings(fx::Overflow::wrap, -3, 0));
    CHECK(p.value == 0.0);
    CHECK(p.dx == 1.0);
    CHECK(p.dwidth == Approx(ln2 * 0.3));
}

TEST_CASE("saturating quantizers give the bounds' own gradients", "[nn][quantizer]") {
    // k = 1, i = 1, f = 1, so b = 2. Stored coordinates are b and i: d/db = d/df and d/di at fixed b = d/di - d/df.
    struct Row {
        fx::Overflow overflow;
        double x, value, dx, for_fraction, for_integer;
    };
    const Row row = GENERATE(values<Row>({{fx::Overflow::sat, 3.0, 1.5, 0.0, 0.5, 2.0},
                                          {fx::Overflow::sat, -3.0, -2.0, 0.0, 0.0, -2.0},
                                          {fx::Overflow::sat_sym, 3.0, 1.5, 0.0, 0.5, 2.0},
                                          {fx::Overflow::sat_sym, -3.0, -1.5, 0.0, -0.5, -2.0},
                                          {fx::Overflow::sat_sym, 0.6, 0.5, 1.0, 0.1, 0.0}}));
    CAPTURE(row.x, fx::name(row.overflow));
    const Probe p = probe(row.x, settings(row.overflow, 2, 1));
    CHECK(p.value == row.value);
    CHECK(p.dx == row.dx);
    CHECK(p.dwidth == Approx(ln2 * row.for_fraction).margin(1e-15));
    CHECK(p.dinteger == Approx(ln2 * (row.for_integer - row.for_fraction)).margin(1e-15));
}

TEST_CASE("a weight without bits is zero and still feels the task", "[nn][quantizer]") {
    const Probe p = probe(0.7, settings(fx::Overflow::sat_sym, 0, 1));
    CHECK(p.value == 0.0);
    CHECK(p.dx == 0.0);
    CHECK(p.dwidth == Approx(ln2 * 2.0));
}

TEST_CASE("formats follow the signed extremes, tracked integer bits the magnitude", "[nn][quantizer]") {
    struct Row {
        double lo, hi, fraction;
        fx::Format format;
        float tracked; ///< by magnitude: EBOPs charges -2^n like 2^n
    };
    const Row row = GENERATE(values<Row>({{-4.0, 3.5, 1.0, {true, 2, 1}, 3},
                                          {0.0, 4.0, 0.0, {false, 3, 0}, 3},
                                          {0.0, 0.0, 3.0, {false, -3, 3}, -3},
                                          {-0.25, 0.0, 4.0, {true, -2, 4}, -1},
                                          {0.0, 0.75, 2.0, {false, 0, 2}, 0}}));
    CAPTURE(row.lo, row.hi);
    Parameters parameters;
    const Quantizer quantizer("q", {1}, settings(fx::Overflow::wrap, row.fraction, -20.0), parameters);
    const std::vector<double> lo{row.lo}, hi{row.hi};
    CHECK(quantizer.casts(parameters, lo, hi, 1.0)[0].format == row.format);
    quantizer.track(parameters, lo.data(), hi.data(), 0.01);
    CHECK(parameters.slice(quantizer.integer_slice())[0] == row.tracked);
}

TEST_CASE("tracked integer bits jump up and leak down", "[nn][quantizer]") {
    Parameters parameters;
    const Quantizer quantizer("q", {1}, settings(fx::Overflow::wrap, 2, 0), parameters);
    const auto track = [&](double extreme) {
        const double lo = 0.0;
        quantizer.track(parameters, &lo, &extreme, 0.25);
        return parameters.slice(quantizer.integer_slice())[0];
    };
    CHECK(track(7.0) == 3.0F);
    CHECK(track(1.0) == 2.75F);
    CHECK(track(1.0) == 2.5F);
    CHECK(track(100.0) == 7.0F);
}

TEST_CASE("the cover factor widens a calibrated range around its middle", "[nn][quantizer]") {
    Parameters parameters;
    const Quantizer quantizer("q", {1}, settings(fx::Overflow::wrap, 0, 0), parameters);
    const auto format = [&](double lo, double hi, double cover) {
        return quantizer.casts(parameters, std::vector<double>{lo}, std::vector<double>{hi}, cover)[0].format;
    };
    CHECK(format(-3, 3, 1.0) == fx::Format{true, 2, 0});
    CHECK(format(-3, 3, 1.5) == fx::Format{true, 3, 0}); // -5 .. 5
    CHECK(format(0, 7, 1.0) == fx::Format{false, 3, 0});
    CHECK(format(0, 7, 1.5) == fx::Format{false, 4, 0}); // 0 .. 9: no sign appears
}

TEST_CASE("EBOPs of a dense and an add layer are the known ones", "[nn][cost]") {
    Parameters parameters;
    Graph graph;
    const auto add = [&](const std::string& name, const std::vector<float>& bits) {
        Quantizer& q = graph.add_quantizer(std::make_unique<Quantizer>(
            name, std::vector<std::size_t>{bits.size()}, settings(fx::Overflow::sat_sym, 0, 0), parameters));
        std::copy(bits.begin(), bits.end(), parameters.slice(q.width_slice()).begin());
        return graph.quantizers().size() - 1;
    };
    CostTerm dense;
    dense.outputs = 1;
    dense.windows = one_window(2);
    dense.quantizers = {add("x", {3, 2}), add("w", {4, 5}), add("b", {6})};
    CHECK(dense.evaluate(graph, parameters) == 28.0);
    CostTerm sum;
    sum.kind = CostTerm::Kind::all_but_least;
    sum.factor = addition_factor;
    sum.group_size = 2;
    sum.groups = {{0, 0}, {1, 0}};
    sum.quantizers = {add("p", {5}), add("q", {3})};
    CHECK(sum.evaluate(graph, parameters) == Approx(3.25));
    sum.factor = 1.0;
    sum.kind = CostTerm::Kind::greatest;
    CHECK(sum.evaluate(graph, parameters) == 5.0);
    sum.kind = CostTerm::Kind::product;
    CHECK(sum.evaluate(graph, parameters) == 15.0);
    sum.kind = CostTerm::Kind::all;
    CHECK(sum.evaluate(graph, parameters) == 8.0);

    // Two positions of a window of two elements over three, the last of them padding; the bias counts at both.
    CostTerm window;
    window.outputs = 1;
    window.windows = {2, 1, {0, 1}, {0, 1, -1}};
    window.quantizers = {add("wx", {3, 2}), add("ww", {4, 5}), add("wb", {6})};
    CHECK(window.evaluate(graph, parameters) == (3 * 4 + 2 * 5) + (2 * 4) + 2 * 6);
}

TEST_CASE("the gradient of EBOPs is the change per whole bit", "[nn][cost]") {
    const std::uint64_t seed = 9;
    Random random(seed);
    const std::string granularity = GENERATE(R"("element")", R"("channel")", R"("tensor")");
    CAPTURE(seed, granularity);
    const QuantizerDefaults defaults = [&] {
        const Json json =
            parse_json(R"({"kernel":{"overflow":"SAT_SYM","granularity":)" + granularity +
                           R"(},"bias":{"overflow":"SAT_SYM"},"activation":{"overflow":"SAT_SYM","granularity":)" +
                           granularity + "}}",
                       "test");
        return read_quantizer_defaults(JsonReader(json, "test"));
    }();
    auto test = make_network(
        R"([{"type":"dense","name":"a","units":3},{"type":"dense","name":"b","inputs":["input"],"units":3},{"type":"add","inputs":["a","b"]},{"type":"dense","units":2}])",
        {{4}, std::nullopt, false}, 2, seed, defaults);
    Network& network = *test.network;
    for (const auto& q : network.graph.quantizers()) {
        // Distinct widths inside the adds, so that no finite step changes which operand is the narrowest.
        float next = q->name().find("input_1") != std::string::npos ? 12.0F : 4.0F;
        for (float& bits : network.parameters.slice(q->width_slice()))
            bits = next = next + (next < 8.0F ? 1.0F : -1.0F);
    }
    Workers workers(1);
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const auto rows =
        random_rows<double>(20, 4, 2, random, 0.0); // all inputs zero: the task gives widths no gradient...
    const double beta = 0.5;
    std::vector<double> with, without;
    const Loss loss{Loss::Kind::cross_entropy, 2};
    engine.step(rows, all_rows(20), Mode::train, loss, beta);
    with = engine.gradient();
    engine.step(rows, all_rows(20), Mode::train, loss, 0.0); // ...and what there is cancels in the difference
    without = engine.gradient();
    for (const auto& q : network.graph.quantizers()) {
        const ParameterSlice& slice = network.parameters.slices()[q->width_slice()];
        for (std::size_t i = slice.offset; i < slice.offset + slice.size; ++i) {
            float& bits = network.parameters.values()[i];
            bits += 1.0F;
            const double up = engine.ebops();
            bits -= 2.0F;
            const double down = engine.ebops();
            bits += 1.0F;
            // EBOPs is bilinear, so the central difference over one bit is exact, in groups too except for second-order
            // terms of one width appearing twice, which cancel in the central difference.
            CHECK(with[i] - without[i] == Approx(beta * (up - down) / 2).epsilon(1e-6));
        }
    }
}
