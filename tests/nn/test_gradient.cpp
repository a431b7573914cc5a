// C1: analytic gradients against finite differences, through whole networks in double. The quantizers' surrogate
// gradients are not derivatives of the staircase; their closed forms are in test_quantizer.cpp.
#include "nn/build.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

/// Largest difference of analytic and central-difference gradient of the unquantised loss, over all trained parameters.
double worst_gradient_error(Network& network, const Rows<double>& rows, const Loss& loss, Workers& workers) {
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    const auto order = all_rows(rows.count);
    const auto value = [&] { return engine.step(rows, order, Mode::unquantised, loss, 0.0).loss; };
    const std::vector<float> start = network.parameters.values();
    engine.step(rows, order, Mode::unquantised, loss, 0.0);
    const std::vector<double> analytic = engine.gradient();
    network.parameters.values() = start;
    double worst = 0.0;
    for (const ParameterSlice& slice : network.parameters.slices()) {
        const bool learned =
            slice.name.ends_with(".kernel") || slice.name.ends_with(".bias") || slice.name.ends_with(".gamma");
        for (std::size_t i = slice.offset; i < slice.offset + slice.size; ++i) {
            if (!learned) {
                worst = std::max(
                    worst, std::abs(analytic[i])); // widths and moving statistics get nothing without quantisation
                continue;
            }
            const float h = 1e-3F;
            float& parameter = network.parameters.values()[i];
            parameter = start[i] + h;
            const double step_up = static_cast<double>(parameter) - static_cast<double>(start[i]), up = value();
            network.parameters.values() = start;
            parameter = start[i] - h;
            const double step_down = static_cast<double>(start[i]) - static_cast<double>(parameter), down = value();
            network.parameters.values() = start;
            worst = std::max(worst, std::abs(analytic[i] - (up - down) / (step_up + step_down)));
        }
    }
    return worst;
}

} // namespace

TEST_CASE("gradients of layers without kinks equal finite differences", "[nn][gradient]") {
    const std::uint64_t seed = 41;
    CAPTURE(seed);
    Random random(seed);
    InputFacts facts{{3}, data::Standardisation{{0.5, -1.0, 2.0}, {2.0, 0.5, 1.5}}, false};
    const std::string layers = GENERATE(
        R"([{"type":"dense","units":3}])",
        R"([{"type":"dense","units":4,"batch_norm":true},{"type":"dense","units":3}])",
        R"([{"type":"dense","units":4,"batch_norm":true},{"type":"dense","units":5,"batch_norm":true},{"type":"dense","units":3}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"add","inputs":["a","b"]},{"type":"dense","units":3}])",
        R"([{"type":"dense","name":"a","units":2},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"concat","inputs":["b","a","b"]},{"type":"dense","units":3,"bias":false}])",
        R"([{"type":"reshape","shape":[3,1]},{"type":"conv1d","filters":4,"kernel_size":2,"padding":"same","batch_norm":true},{"type":"conv1d","filters":2,"kernel_size":2},{"type":"average_pool"},{"type":"flatten"},{"type":"dense","units":3}])",
        R"([{"type":"reshape","shape":[1,3,1]},{"type":"conv2d","filters":4,"kernel_size":[2,3],"padding":"same","dilation":[1,2]},{"type":"permute","axes":[2,0,1]},{"type":"dense","units":2,"batch_norm":true},{"type":"sum","axes":[0,1]},{"type":"dense","units":3}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"multiply","inputs":["a","b"]},{"type":"subtract","inputs":["a","multiply_3"]},{"type":"dense","units":3}])",
        R"([{"type":"dense","name":"a","units":4,"activation":"tanh"},{"type":"dense","name":"b","units":4,"activation":"sigmoid"},{"type":"average","inputs":["a","b"]},{"type":"dense","units":3,"activation":"softplus"}])",
        R"([{"type":"dense","units":4,"activation":"silu"},{"type":"batch_norm"},{"type":"dense","units":4,"activation":"gelu"},{"type":"dense","units":3,"activation":"square"}])",
        R"([{"type":"reshape","shape":[3,1]},{"type":"dense","name":"a","units":2},{"type":"dense","name":"b","inputs":["reshape_1"],"units":2,"activation":"exp"},{"type":"batch_norm"},{"type":"dot","inputs":["a","batch_norm_4"]}])");
    CAPTURE(layers);
    // A kernel at several positions reads inputs that are standardised alike.
    if (layers.find("reshape") != std::string::npos)
        facts.standardisation = data::Standardisation{{0.5, 0.5, 0.5}, {2.0, 2.0, 2.0}};
    auto test = make_network(layers, facts, 3, seed);
    Workers workers(2);
    const auto rows = random_rows<double>(150, 3, 3, random); // more than two tiles, the last one not full
    CHECK(worst_gradient_error(*test.network, rows, {Loss::Kind::cross_entropy, 3}, workers) < 2e-5);

    Rows<double> targets = rows;
    targets.target_size = 3;
    for (std::size_t i = 0; i < 450; ++i)
        targets.targets.push_back(random.normal());
    CHECK(worst_gradient_error(*test.network, targets, {Loss::Kind::squared_error, 3}, workers) < 2e-4);
}

TEST_CASE("the gradients of layers with kinks equal finite differences away from them", "[nn][gradient]") {
    // Far from the kinks: biases decide which input is larger. Pooling: the values of a row follow one another.
    const std::string layers = GENERATE(
        R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"maximum","inputs":["a","b"]},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"dense","name":"b","inputs":["input"],"units":4},{"type":"minimum","inputs":["a","b"]},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4,"activation":{"type":"leaky_relu","slope":0.25}},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"relu","max":40},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4,"activation":"sqrt"},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"hard_tanh"},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"c","units":4},{"type":"hard_sigmoid"},{"type":"dense","units":2}])",
        R"([{"type":"dense","name":"a","units":4},{"type":"reshape","shape":[2,2]},{"type":"max_pool"},{"type":"flatten"},{"type":"dense","units":2}])");
    CAPTURE(layers);
    auto test = make_network(layers, {{3}, std::nullopt, false}, 2, 5);
    Parameters& parameters = test.network->parameters;
    for (std::size_t s = 0; s < parameters.slices().size(); ++s) {
        if (parameters.slices()[s].name != "a.bias") continue;
        for (std::size_t i = 0; i < 4; ++i)
            parameters.slice(s)[i] = i % 3 == 0 ? 50.0F : -50.0F;
    }
    Random random(11);
    const auto rows = random_rows<double>(100, 3, 2, random);
    Workers workers(1);
    CHECK(worst_gradient_error(*test.network, rows, {Loss::Kind::cross_entropy, 2}, workers) < 2e-4);
}

TEST_CASE("the gradient of a rectified network equals finite differences away from the kinks", "[nn][gradient]") {
    // Positive weights, inputs and biases keep every pre-activation positive in one half of the units and negative in
    // the other: relu is exercised on both sides and no step crosses its kink.
    auto test =
        make_network(R"([{"type":"dense","name":"a","units":4,"activation":"relu"},{"type":"dense","units":2}])",
                     {{2}, std::nullopt, false}, 2, 3);
    Parameters& parameters = test.network->parameters;
    for (std::size_t s = 0; s < parameters.slices().size(); ++s) {
        if (parameters.slices()[s].name != "a.kernel") continue;
        for (std::size_t i = 0; i < 8; ++i)
            parameters.slice(s)[i] = i % 4 < 2 ? 0.5F + 0.1F * static_cast<float>(i) : -0.5F;
    }
    Random random(7);
    auto rows = random_rows<double>(70, 2, 2, random);
    for (double& x : rows.values)
        x = 1.0 + std::abs(x);
    Workers workers(1);
    CHECK(worst_gradient_error(*test.network, rows, {Loss::Kind::cross_entropy, 2}, workers) < 1e-5);
}
