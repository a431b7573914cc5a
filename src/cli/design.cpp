#include "cli/design.hpp"

#include "cli/solver_costs.hpp"
#include "cli/timing.hpp"
#include "lower/lower.hpp"
#include "opt/passes.hpp"

namespace bitgrain::cli {

namespace {

constexpr std::size_t most_adders_twice = 20000; ///< what is larger is solved once

TimedNetlist timed(const model::Model& model, const BuildOptions& options, const hw::Target& target, int operands,
                   Slack slack) {
    lower::Options lowering;
    lowering.cmvm.slack = slack;
    lowering.cmvm.effort = options.effort;
    lowering.cmvm.tables = options.tables;
    lowering.cmvm.costs = solver_costs(target);
    lowering.cmvm.operands = operands;
    return fit_clock(target, opt::optimize(lower::lower(model, lowering), {operands}), options.timing);
}

Design scheduled(const hw::Target& target, TimedNetlist timed, int operands, Slack slack) {
    Design design;
    design.schedule = hw::schedule(target, timed.netlist, timed.options);
    design.area = hw::area(target, timed.netlist, design.schedule);
    design.netlist = std::move(timed.netlist);
    design.operands = operands;
    design.slack = slack;
    return design;
}

/// Of a part with two registers beside each LUT.
double share_of_part(const Design& design) {
    return design.area.total.lut + 0.5 * design.area.total.ff;
}

/// Whether the latency is a result, and not what was asked for.
bool latency_is_open(const nn::TimingSettings& timing) {
    return !timing.fastest && !timing.combinational && !timing.latency_cycles;
}

} // namespace

Design make_design(const model::Model& model, const BuildOptions& options, const hw::Target& target) {
    const Slack slack = options.slack.value_or(0);
    int operands = options.operands.value_or(options.timing.fastest ? 2 : target.max_add_operands());
    TimedNetlist first = timed(model, options, target, operands, slack);
    if (!options.operands && operands > 2 && !hw::feasible(target, first.netlist, first.options)) {
        operands = 2;
        first = timed(model, options, target, operands, slack);
    }
    Design design = scheduled(target, std::move(first), operands, slack);
    if (options.slack || !latency_is_open(options.timing) || ir::count(design.netlist).adds > most_adders_twice)
        return design;
    TimedNetlist second = timed(model, options, target, operands, 1);
    if (!hw::feasible(target, second.netlist, second.options)) return design;
    Design other = scheduled(target, std::move(second), operands, 1);
    const bool better = other.schedule.latency_cycles() <= design.schedule.latency_cycles() &&
                        share_of_part(other) < share_of_part(design);
    return better ? other : design;
}

} // namespace bitgrain::cli
