// From a model to a netlist with a schedule: what a build consists of before it is written.
#pragma once

#include "cli/steps.hpp"
#include "hw/area.hpp"
#include "hw/schedule.hpp"
#include "hw/target.hpp"

namespace bitgrain::cli {

/// How sums are built: as asked for, or as chosen.
struct Sums {
    int operands = 2;
    Slack slack;
    cmvm::Effort effort = cmvm::Effort::normal;
};

struct Design {
    ir::Netlist netlist;
    hw::Schedule schedule;
    hw::AreaReport area;
    Sums sums;
};

/// What the options leave open is chosen. Operands: what the target adds at once, or two where speed is asked for or
/// the clock demands it. Slack and effort: 0 and what was asked for, or one of two others (one level more, a plain
/// pass) where that takes fewer cycles, or less of the part in as many. With a bound on the cycles: what takes the
/// least of the part within it, two levels more tried too. Error names the smallest clock when theirs cannot be met.
Design make_design(const model::Model& model, const BuildOptions& options, const hw::Target& target);

} // namespace bitgrain::cli
