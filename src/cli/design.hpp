// From a model to a netlist with a schedule: what a build consists of before it is written.
#pragma once

#include "cli/steps.hpp"
#include "hw/area.hpp"
#include "hw/schedule.hpp"
#include "hw/target.hpp"

namespace bitgrain::cli {

struct Design {
    ir::Netlist netlist;
    hw::Schedule schedule;
    hw::AreaReport area;
    int operands = 2; ///< as asked for, or as chosen
    Slack slack;
};

/// What the options leave open is chosen. Operands: what the target adds at once, or two where speed is asked for or
/// the clock demands it. Slack: 0, or 1 where that takes less of the part at the same latency. Error names the smallest
/// clock when theirs cannot be met.
Design make_design(const model::Model& model, const BuildOptions& options, const hw::Target& target);

} // namespace bitgrain::cli
