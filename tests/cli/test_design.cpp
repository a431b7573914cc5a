// What a build chooses where the options leave it open.
#include "base/error.hpp"
#include "base/random.hpp"
#include "cli/design.hpp"
#include "ir/evaluate.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <optional>

using namespace bitgrain;

namespace {

/// Two layers of weights of 4 bits, two thirds of them zero.
model::Model layered(std::uint64_t seed) {
    Random random(seed);
    const auto weights = [&random](std::size_t rows, std::size_t columns) {
        model::Affine affine{rows, columns, {}, {}};
        for (std::size_t i = 0; i < rows * columns; ++i)
            affine.weights.push_back(random.integer(0, 2) > 0 ? 0.0 : static_cast<double>(random.integer(-15, 15)));
        for (std::size_t j = 0; j < columns; ++j)
            affine.bias.push_back(static_cast<double>(random.integer(-64, 64)));
        return affine;
    };
    model::Model model;
    model.name = "layered";
    model.inputs.push_back({"x", {10}, std::vector<fx::Format>(10, {true, 4, 0})});
    model.steps.push_back({"dense_1", {0}, weights(10, 8)});
    model.steps.push_back({"dense_1", {1}, model::Relu{}});
    const fx::Cast narrow{{false, 6, 0}, fx::Round::rnd, fx::Overflow::wrap};
    model.steps.push_back({"dense_2", {2}, model::Cast{std::vector<fx::Cast>(8, narrow)}});
    model.steps.push_back({"dense_2", {3}, weights(8, 5)});
    model.outputs.push_back({"y", {5}, 4});
    return model;
}

} // namespace

TEST_CASE("a bound on the cycles gives the smallest design within it", "[cli]") {
    const hw::Target target = hw::read_target(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints", "xcvu13p");
    bool chosen = false;
    for (const std::uint64_t seed : {1, 2, 3}) {
        CAPTURE(seed);
        const model::Model model = layered(seed);
        cli::BuildOptions options;
        options.timing.clock_ns = 4.0;
        const cli::Design fastest = cli::make_design(model, options, target);
        const auto size = [](const cli::Design& d) { return d.area.total.lut + 0.5 * d.area.total.ff; };
        for (const int more : {0, 1, 3}) {
            CAPTURE(more);
            options.slack = std::nullopt;
            options.timing.latency_cycles = fastest.schedule.latency_cycles() + more;
            const cli::Design bounded = cli::make_design(model, options, target);
            CHECK(bounded.schedule.latency_cycles() <= *options.timing.latency_cycles);
            if (more == 0) CHECK(size(bounded) <= size(fastest));
            const auto inputs = test::random_inputs(fastest.netlist, 200, seed);
            CHECK(ir::evaluate(bounded.netlist, inputs, 200) == ir::evaluate(fastest.netlist, inputs, 200));
            for (const int slack : {0, 1, 2}) {
                CAPTURE(slack);
                options.slack = slack;
                std::optional<double> other;
                try {
                    other = size(cli::make_design(model, options, target));
                } catch (const Error&) { // that much slack does not fit
                    CHECK(slack > 0);
                }
                if (!other) continue;
                CHECK(size(bounded) <= *other);
                chosen = chosen || (slack == 0 && size(bounded) < *other);
            }
        }
    }
    CHECK(chosen); // it was not always the first way
}
