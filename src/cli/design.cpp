#include "cli/design.hpp"

#include "cli/solver_costs.hpp"
#include "cli/timing.hpp"
#include "lower/lower.hpp"
#include "opt/passes.hpp"

namespace bitgrain::cli {

namespace {

constexpr std::size_t most_adders_twice = 20000; ///< what is larger is solved once
constexpr double worth_sharing = 0.99;           ///< of the area: registers are only shared for as much less

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

Design scheduled(const hw::Target& target, const TimedNetlist& timed, int operands, Slack slack) {
    Design design;
    design.schedule = hw::schedule(target, timed.netlist, timed.options);
    design.area = hw::area(target, timed.netlist, design.schedule);
    design.netlist = timed.netlist;
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
    Design design = scheduled(target, first, operands, slack);
    if (!latency_is_open(options.timing)) return design;
    const auto offer = [&](const TimedNetlist& other, Slack its_slack, double at_most) {
        if (!hw::feasible(target, other.netlist, other.options)) return;
        Design tried = scheduled(target, other, operands, its_slack);
        const bool better = tried.schedule.latency_cycles() <= design.schedule.latency_cycles() &&
                            share_of_part(tried) < at_most * share_of_part(design);
        if (better) design = std::move(tried);
    };
    const auto offer_shared = [&](TimedNetlist other, Slack its_slack) {
        if (options.timing.max_fanout || ir::count(other.netlist).adds > most_adders_twice) return;
        share_loads(other.options);
        offer(other, its_slack, worth_sharing);
    };
    offer_shared(first, slack);
    if (options.slack || ir::count(design.netlist).adds > most_adders_twice) return design;
    const TimedNetlist second = timed(model, options, target, operands, 1);
    offer(second, 1, 1.0);
    offer_shared(second, 1);
    return design;
}

} // namespace bitgrain::cli
