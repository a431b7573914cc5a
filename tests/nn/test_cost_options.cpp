// Options that weigh the gradients of widths: per layer, and by the number of elements that share a width.
#include "base/random.hpp"
#include "build.hpp"
#include "nn/settings.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

/// Gradient of one step for the slice of that name.
std::vector<double> gradient_of(const std::string& layers, const std::string& quantizers, const std::string& slice,
                                double beta) {
    const Json json = parse_json(quantizers, "test");
    const auto test =
        make_network(layers, {{6}, std::nullopt, false}, 3, 4, read_quantizer_defaults(JsonReader(json, "test")));
    Network& network = *test.network;
    Random random(11);
    const auto rows = random_rows<double>(40, 6, 3, random);
    Workers workers(1);
    Engine<double> engine(network.graph, network.output, network.cost, network.parameters, workers);
    engine.step(rows, all_rows(40), Mode::train, {Loss::Kind::cross_entropy, 3}, beta);
    for (const ParameterSlice& s : network.parameters.slices()) {
        if (s.name != slice) continue;
        const auto first = engine.gradient().begin() + static_cast<std::ptrdiff_t>(s.offset);
        return {first, first + static_cast<std::ptrdiff_t>(s.size)};
    }
    throw std::runtime_error("no slice " + slice);
}

} // namespace

TEST_CASE("a width shared by g elements gets its gradient times 1/sqrt(g) on request", "[nn][quantizer]") {
    const std::string layers = R"([{"type":"dense","name":"a","units":3}])";
    // 18 weights in one group; the pull on widths is no gradient and stays.
    const auto plain = gradient_of(layers, R"({"kernel":{"granularity":"tensor","pull":0}})", "a.kernel.bits", 1e-3);
    const auto scaled = gradient_of(layers, R"({"kernel":{"granularity":"tensor","pull":0,"scale_gradient":true}})",
                                    "a.kernel.bits", 1e-3);
    REQUIRE(plain.size() == 1);
    REQUIRE(plain[0] != 0.0);
    CHECK(scaled[0] == Approx(plain[0] / std::sqrt(18.0)));
}

TEST_CASE("a layer's beta factor multiplies what EBOPs adds to its gradients", "[nn][cost]") {
    const auto gradient = [](const std::string& factor, double beta) {
        return gradient_of(R"([{"type":"dense","name":"a","units":4,"beta_factor":)" + factor +
                               R"(},{"type":"dense","units":3}])",
                           "{}", "a.kernel.bits", beta);
    };
    const auto none = gradient("1", 0.0), once = gradient("1", 1e-3), thrice = gradient("3", 1e-3);
    double largest = 0.0;
    for (std::size_t i = 0; i < none.size(); ++i) {
        largest = std::max(largest, once[i] - none[i]);
        CHECK(thrice[i] - none[i] == Approx(3.0 * (once[i] - none[i])).margin(1e-12));
    }
    CHECK(largest > 1e-4);
}
