// Whether there is a schedule at all, and the stages in which each node can be, for a clock and a number of stages.
#pragma once

#include "hw/timing.hpp"

#include <vector>

namespace bitgrain::hw {

/// Sums of doubles in another order differ in the last bits; a path that is too long by less than this is not too long.
constexpr double tolerance_ns = 1e-9;

/// Error unless there is a schedule: says what is in the way and which clock can be met.
void require_feasible(const Timing& timing, const ir::Netlist& netlist, const ScheduleOptions& options);

/// Stages that options.latency_cycles leaves; Error when it leaves none.
int most_stages(const ScheduleOptions& options);

/// Puts every node where it can be first; sets stage, arrival and stages, the fewest that the budget allows.
void place_as_soon_as_possible(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget);

/// Per node, the last stage in which it can be when there are that many stages.
std::vector<int> latest_stages(const Timing& timing, const ir::Netlist& netlist, double budget, int stages);

} // namespace bitgrain::hw
