// The prices of a target in the units of the adder-graph solver, and that they decide what is built.
#include "cli/design.hpp"
#include "cli/solver_costs.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

using namespace bitgrain;

namespace {

hw::Target target(const std::string& name) {
    return hw::read_target(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints", name);
}

} // namespace

TEST_CASE("the solver's prices are the target's in hundredths of a LUT, a bit of an adder never nothing",
          "[cli][costs]") {
    hw::Target device = target("xcvu13p");
    device.lut_per[hw::Part::sum_bit] = 1.084;
    device.lut_per[hw::Part::triple_bit] = 0.996;
    device.lut_per[hw::Part::table] = 0.25;
    device.lut_inputs = 4;
    const cmvm::LutCosts costs = cli::solver_costs(device);
    CHECK(costs.adder_bit == 108);
    CHECK(costs.triple_bit == 100);
    CHECK(costs.triple == 0);
    CHECK(costs.through_bit == std::lround(100 * device.lut_per[hw::Part::through_bit]));
    CHECK(costs.invert_bit == std::lround(100 * device.lut_per[hw::Part::invert_bit]));
    CHECK(costs.table_bit == 25);
    CHECK(costs.table_pair == 50);
    CHECK(costs.table_inputs == 4);
    device.lut_per[hw::Part::table] = device.lut_per[hw::Part::sum_bit] = 0.0;
    CHECK(cli::solver_costs(device).adder_bit == 1);
    CHECK(cli::solver_costs(device).table_pair == 2);
}

TEST_CASE("every shipped target has its own prices in the solver", "[cli][costs]") {
    for (const std::string& name : hw::target_names(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints")) {
        CAPTURE(name);
        const hw::Target device = target(name);
        const cmvm::LutCosts costs = cli::solver_costs(device);
        CHECK(costs.adder_bit == std::lround(100 * device.lut_per[hw::Part::sum_bit]));
        CHECK(costs.triple_bit == std::lround(100 * device.lut_per[hw::Part::triple_bit]));
        CHECK(costs.table_bit == std::lround(100 * device.lut_per[hw::Part::table]));
        CHECK(costs.table_inputs == device.lut_inputs);
    }
}

TEST_CASE("a target where tables cost little gets tables, one where they cost much gets adders", "[cli][costs]") {
    model::Model model;
    model.name = "narrow";
    model.inputs.push_back({"x", {4}, std::vector<fx::Format>(4, {false, 3, 0})});
    model::Affine affine{4, 6, {}, std::vector<double>(6, 0.0)};
    for (int k = 0; k < 24; ++k)
        affine.weights.push_back(k * 37 % 61 - 30);
    model.steps.push_back({"dense", {0}, affine});
    model.outputs.push_back({"y", {6}, 1});
    const auto counts = [&](double table_price) {
        hw::Target device = target("xcvu13p");
        device.lut_per[hw::Part::table] = table_price;
        return ir::count(cli::make_design(model, {}, device).netlist);
    };
    const ir::Counts cheap = counts(0.01), dear = counts(100);
    CHECK(cheap.tables > 0);
    CHECK(dear.tables == 0);
    CHECK(dear.adds > cheap.adds);
}
