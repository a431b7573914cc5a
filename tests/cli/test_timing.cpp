// Carry chains that are too long for a clock.
#include "cli/timing.hpp"
#include "ir/builder.hpp"
#include "ir/evaluate.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

using namespace bitgrain;

TEST_CASE("a clock that a long carry chain misses is met by the chain in pieces, with the same sums", "[cli]") {
    ir::Builder builder("long");
    const ir::Signal a = builder.input("a", {true, 39, 0}), b = builder.input("b", {true, 39, 0});
    builder.output("sum", builder.add(a, b));
    builder.output("difference", builder.add(a, ir::Builder::negate(b)));
    const ir::Netlist netlist = builder.finish();
    const hw::Target target = hw::read_target(std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints", "xc7a100t");

    const double whole = hw::smallest_clock(target, netlist, {});
    nn::TimingSettings settings;
    settings.clock_ns = whole;
    CHECK(cli::fit_clock(target, netlist, settings).netlist.nodes == netlist.nodes);
    settings.clock_ns = whole - 0.3;
    const cli::TimedNetlist timed = cli::fit_clock(target, netlist, settings);
    CHECK(timed.netlist.nodes.size() > netlist.nodes.size());
    const hw::Schedule schedule = hw::schedule(target, timed.netlist, timed.options);
    CHECK(schedule.stages > 1);
    const auto inputs = test::random_inputs(netlist, 1000, 1);
    CHECK(ir::evaluate(timed.netlist, inputs, 1000) == ir::evaluate(netlist, inputs, 1000));

    nn::TimingSettings fastest;
    fastest.fastest = true;
    const cli::TimedNetlist best = cli::fit_clock(target, netlist, fastest);
    CHECK(best.options.clock_ns < whole - 0.3);
    CHECK(hw::feasible(target, best.netlist, best.options));
}
