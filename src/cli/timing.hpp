// From what a user asks of clock, latency and registers to a netlist that can be scheduled so.
#pragma once

#include "hw/schedule.hpp"
#include "nn/timing_settings.hpp"

#include <CLI/CLI.hpp>

namespace bitgrain::cli {

/// --clock-ns, --margin, --fmax, --latency-cycles, --comb, --max-fanout, --no-input-registers, --no-output-registers.
void add_timing_options(CLI::App& app, nn::TimingSettings& settings);

/// Error when the settings are impossible or contradict each other.
void check_timing(const nn::TimingSettings& settings);

/// Whether the clock is not asked for but the fastest that the delay model allows.
bool clock_is_open(const nn::TimingSettings& settings);

/// A netlist whose carry chains fit the clock, split where they must be, and that clock. Nothing is split when the
/// clock is met without.
struct TimedNetlist {
    ir::Netlist netlist;
    hw::ScheduleOptions options;
};

/// More registers for values with many readers, where the clock asks for them.
void share_loads(hw::ScheduleOptions& options);

/// hw::schedule of the result gives the schedule, or the error that names the smallest clock. Error when the settings
/// contradict each other.
TimedNetlist fit_clock(const hw::Target& target, const ir::Netlist& netlist, const nn::TimingSettings& settings);

} // namespace bitgrain::cli
