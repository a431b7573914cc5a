#include "cli/timing.hpp"

#include "base/error.hpp"
#include "opt/passes.hpp"

#include <cmath>

namespace bitgrain::cli {

namespace {

constexpr double usual_clock_ns = 5.0;
constexpr int usual_loads = 4; ///< of a register where the clock asks for more registers
constexpr int most_splits = 4; ///< pieces load their operands more, so a piece may have to be split again

/// Carry chains and clamps that are too long for a stage in pieces, as far as that goes.
ir::Netlist split(const hw::Target& target, ir::Netlist netlist, const hw::ScheduleOptions& options) {
    for (int round = 0; round < most_splits; ++round) {
        const std::vector<int> limits = hw::split_limits(target, netlist, options, opt::least_split_bits);
        if (limits.empty()) break;
        netlist = opt::split(netlist, limits);
    }
    return netlist;
}

/// The netlist, in pieces where that helps, at the smallest clock that can be met.
TimedNetlist fastest(const hw::Target& target, const ir::Netlist& netlist, hw::ScheduleOptions options) {
    const auto set_clock = [&options](long clock_ps) { options.clock_ns = static_cast<double>(clock_ps) / 1000.0; };
    options.clock_ns = hw::smallest_clock(target, netlist, options);
    TimedNetlist best{netlist, options};
    long good = std::lround(options.clock_ns * 1000.0), bad = 0;
    set_clock(good - 1);
    if (hw::split_limits(target, netlist, options, opt::least_split_bits).empty())
        return best; // nothing in the way can be split
    while (good - bad > 1) {
        const long middle = bad + (good - bad) / 2;
        set_clock(middle);
        ir::Netlist pieces = split(target, netlist, options);
        if (hw::feasible(target, pieces, options)) {
            good = middle;
            best = {std::move(pieces), options};
        } else {
            bad = middle;
        }
    }
    best.options.clock_ns = hw::smallest_clock(target, best.netlist, best.options); // the pieces may allow still more
    return best;
}

} // namespace

void check_timing(const nn::TimingSettings& settings) {
    if (settings.clock_ns && !(std::isfinite(*settings.clock_ns) && *settings.clock_ns > 0)) {
        throw Error("must be more than 0 ns", "--clock-ns");
    }
    if (!(settings.margin >= 0 && settings.margin < 1)) throw Error("must be at least 0 and less than 1", "--margin");
    if (settings.max_fanout && *settings.max_fanout < 2) throw Error("must be at least 2", "--max-fanout");
    if (settings.latency_cycles && *settings.latency_cycles < 0) throw Error("must be 0 or more", "--latency-cycles");
    if (settings.fastest && (settings.clock_ns || settings.latency_cycles || settings.combinational)) {
        throw Error("the fastest clock leaves no choice of clock or latency", "--fmax",
                    "--latency-cycles N without --clock-ns gives the fastest clock for N cycles");
    }
    if (settings.combinational && settings.latency_cycles) {
        throw Error("without registers there are no cycles", "--comb", "leave out --latency-cycles");
    }
}

void share_loads(hw::ScheduleOptions& options) {
    options.max_fanout = usual_loads;
    options.where_needed = true;
}

void add_timing_options(CLI::App& app, nn::TimingSettings& settings) {
    app.add_option("--clock-ns", settings.clock_ns, "Clock period in ns [5]")->type_name("NS");
    app.add_option("--margin", settings.margin, "Share of the clock kept free in every stage")
        ->capture_default_str()
        ->type_name("SHARE");
    app.add_flag("--fmax", settings.fastest, "The fastest clock that there is, at any latency");
    app.add_option(
           "--latency-cycles", settings.latency_cycles,
           "Cycles from input to output at most: the smallest design within them; without --clock-ns the one with "
           "the fastest clock")
        ->type_name("CYCLES");
    app.add_flag("--comb", settings.combinational, "No registers at all: combinational, latency 0");
    app.add_option(
           "--max-fanout", settings.max_fanout,
           "Loads that a register may have, at least 2; what has more gets more registers. By default only where "
           "the clock would be missed, or where that is smaller")
        ->type_name("LOADS");
    app.add_flag("--no-input-registers{false}", settings.input_registers, "Read the input ports without a register");
    app.add_flag("--no-output-registers{false}", settings.output_registers,
                 "Drive the output ports without a register");
}

bool clock_is_open(const nn::TimingSettings& settings) {
    return !settings.clock_ns && (settings.fastest || settings.latency_cycles || settings.combinational);
}

TimedNetlist fit_clock(const hw::Target& target, const ir::Netlist& netlist, const nn::TimingSettings& settings) {
    check_timing(settings);
    hw::ScheduleOptions options;
    options.margin = settings.margin;
    options.input_registers = settings.input_registers && !settings.combinational;
    options.output_registers = settings.output_registers && !settings.combinational;
    options.max_fanout = settings.max_fanout;
    options.layer_registers = settings.layer_registers && !settings.combinational;
    options.latency_cycles = settings.combinational ? 0 : settings.latency_cycles;
    if (settings.fastest && !settings.max_fanout) share_loads(options);
    if (clock_is_open(settings)) return fastest(target, netlist, options);
    options.clock_ns = settings.clock_ns.value_or(usual_clock_ns);
    TimedNetlist result{split(target, netlist, options), options};
    if (hw::feasible(target, result.netlist, options)) return result;
    if (!settings.max_fanout) {
        share_loads(options);
        result = {split(target, netlist, options), options};
        if (hw::feasible(target, result.netlist, options)) return result;
    }
    // Most likely the schedule will be refused, then of the netlist whose smallest clock is the smallest of all.
    result.netlist = fastest(target, netlist, options).netlist;
    return result;
}

} // namespace bitgrain::cli
