// Random networks through every seam, Verilog included. Many models become one design, so that a few Verilator builds
// cover hundreds of them.
#include "base/file.hpp"
#include "base/random.hpp"
#include "cosim/simulate.hpp"
#include "fx/arithmetic.hpp"
#include "hw/schedule.hpp"
#include "lower/lower.hpp"
#include "model/head.hpp"
#include "model/inference.hpp"
#include "opt/passes.hpp"
#include "rtl/emit.hpp"
#include "support/random_model.hpp"

#include <catch2/catch.hpp>
#include <filesystem>
#include <unistd.h>

namespace bitgrain::test {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t rows = 200;

/// The models side by side: all inputs first, as a model wants them, then all steps.
model::Model side_by_side(const std::vector<model::Model>& models) {
    model::Model all;
    all.name = "many";
    std::size_t inputs = 0, steps = 0;
    for (const model::Model& m : models)
        inputs += m.inputs.size();
    for (std::size_t k = 0; k < models.size(); ++k) {
        const model::Model& m = models[k];
        const std::string prefix = "m" + std::to_string(k) + "_";
        const std::size_t first_input = all.inputs.size(), first_step = inputs + steps;
        const auto moved = [&](std::size_t value) {
            return value < m.inputs.size() ? first_input + value : first_step + value - m.inputs.size();
        };
        for (model::Step step : m.steps) {
            step.name = prefix + step.name;
            for (std::size_t& operand : step.operands)
                operand = moved(operand);
            all.steps.push_back(std::move(step));
        }
        for (model::Output output : m.outputs) {
            output.name = prefix + output.name;
            output.value = moved(output.value);
            all.outputs.push_back(std::move(output));
        }
        for (model::Input input : m.inputs) {
            input.name = prefix + input.name;
            all.inputs.push_back(std::move(input));
        }
        steps += m.steps.size();
    }
    return all;
}

/// Now and then a model decides instead of giving scores.
model::Model some_with_head(const model::Model& m, std::uint64_t seed) {
    if (seed % 5 != 0) return m;
    Random random(seed);
    model::Head head{model::Head::Kind::threshold, 1, static_cast<double>(random.integer(-8, 8)) / 4};
    const std::size_t scores = model::value_size(m, m.outputs[0].value);
    if (m.outputs.size() == 1 && scores > 1 && random.chance(0.8)) {
        head.kind = random.chance(0.5) ? model::Head::Kind::argmax : model::Head::Kind::top_k;
        head.count = static_cast<std::size_t>(random.integer(1, static_cast<std::int64_t>(scores)));
    }
    return model::with_head(m, head);
}

/// Outputs of all rows that differ, as values.
std::size_t mismatches(const model::Model& m, const rtl::Signature& signature, const std::vector<std::int64_t>& codes,
                       const std::vector<std::int64_t>& simulated) {
    const std::vector<std::int64_t> expected = model::infer(m, codes, rows);
    const std::vector<int> fractions = model::output_fractions(m);
    REQUIRE(simulated.size() == expected.size());
    REQUIRE(signature.outputs.size() == fractions.size());
    std::size_t count = 0;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const std::size_t j = i % fractions.size();
        count += fx::to_double(expected[i], fractions[j]) ==
                         fx::to_double(simulated[i], signature.outputs[j].format.fraction)
                     ? 0
                     : 1;
    }
    return count;
}

} // namespace

TEST_CASE("random models keep every output bit from model to simulated Verilog", "[contracts][verilog]") {
    const std::size_t count = 75;
    // Three designs, one of them flat: fast and slow clock, two- and three-operand adders (as the primitives of the
    // device), with and without tables in the place of adders and bubbles between vectors.
    const auto [first_seed, clock_ns, operands, tables] = GENERATE(
        table<std::uint64_t, double, int, bool>({{1001, 7.0, 2, true}, {2001, 12.0, 3, false}, {3001, 60.0, 3, true}}));
    const rtl::Layout layout = first_seed == 1001 ? rtl::Layout::flat : rtl::Layout::per_layer;
    INFO("seeds " << first_seed << " to " << first_seed + count - 1);
    std::vector<model::Model> models;
    for (std::size_t k = 0; k < count; ++k)
        models.push_back(some_with_head(random_model(first_seed + k, {}), first_seed + k));
    const model::Model all = side_by_side(models);
    model::validate(all);
    const auto codes = random_inputs(all, rows, first_seed);

    lower::Options options;
    options.cmvm.operands = operands;
    options.cmvm.tables = tables;
    const ir::Netlist netlist = opt::optimize(lower::lower(all, options), {operands});
    const hw::Target target = hw::read_target(fs::path(BITGRAIN_SOURCE_DIR) / "constraints", "xcvu13p");
    hw::ScheduleOptions schedule_options;
    schedule_options.clock_ns = clock_ns;
    const hw::Schedule schedule = hw::schedule(target, netlist, schedule_options);
    hw::verify(schedule, target, netlist, schedule_options);
    const rtl::Signature signature = rtl::signature(netlist, schedule);
    const rtl::Verilog verilog = rtl::emit(netlist, schedule, signature, {layout, target});

    const fs::path folder = fs::temp_directory_path() / ("bitgrain-contracts-" + std::to_string(::getpid()));
    fs::remove_all(folder);
    for (const rtl::File& file : verilog.files)
        write_file(folder / "rtl" / file.name, file.text);
    for (const std::string& cell : verilog.cells)
        fs::copy_file(fs::path(BITGRAIN_SOURCE_DIR) / "rtl_lib" / (cell + ".v"), folder / "rtl" / (cell + ".v"));

    const auto primitives = fs::directory_iterator(fs::path(BITGRAIN_SOURCE_DIR) / "rtl_lib" / "sim");
    for (const fs::directory_entry& primitive : primitives)
        fs::copy_file(primitive.path(), folder / "rtl" / primitive.path().filename());

    cosim::Options simulation;
    simulation.rtl = folder / "rtl";
    simulation.harness = fs::path(BITGRAIN_SOURCE_DIR) / "sim";
    simulation.work = folder / "work";
    simulation.optimize = false;
    simulation.stalls = first_seed == 2001;
    simulation.seed = first_seed;
    if (operands == 3) simulation.adders = cosim::AddersOfThree::primitives;
    const cosim::Result result = cosim::simulate(signature, codes, rows, simulation);
    CHECK(mismatches(all, signature, codes, result.outputs) == 0);
    CHECK(result.latency_cycles == schedule.latency_cycles());
    fs::remove_all(folder);
}

} // namespace bitgrain::test
