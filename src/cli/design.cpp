#include "cli/design.hpp"

#include "base/interrupt.hpp"
#include "cli/solver_costs.hpp"
#include "cli/timing.hpp"
#include "lower/lower.hpp"
#include "opt/passes.hpp"

#include <vector>

namespace bitgrain::cli {

namespace {

constexpr std::size_t most_adders_twice = 20000; ///< what is larger is solved once
constexpr double worth_sharing = 0.99;           ///< of the area: registers are only shared for as much less

TimedNetlist timed(const model::Model& model, const BuildOptions& options, const hw::Target& target, const Sums& sums) {
    check_interrupt();
    lower::Options lowering;
    lowering.cmvm.slack = sums.slack;
    lowering.cmvm.effort = sums.effort;
    lowering.cmvm.tables = options.tables;
    lowering.cmvm.costs = solver_costs(target);
    lowering.cmvm.operands = sums.operands;
    return fit_clock(target, opt::optimize(lower::lower(model, lowering), {sums.operands}), options.timing);
}

Design scheduled(const hw::Target& target, const TimedNetlist& timed, const Sums& sums) {
    check_interrupt();
    Design design;
    design.schedule = hw::schedule(target, timed.netlist, timed.options);
    design.area = hw::area(target, timed.netlist, design.schedule);
    design.netlist = timed.netlist;
    design.sums = sums;
    return design;
}

/// Of a part with two registers beside each LUT.
double share_of_part(const Design& design) {
    return design.area.total.lut + 0.5 * design.area.total.ff;
}

/// Whether designs of one clock differ in latency or size, so that there is a choice: not where the clock is what is
/// looked for.
bool has_choice(const nn::TimingSettings& timing) {
    return !clock_is_open(timing) && !timing.fastest && !timing.combinational;
}

} // namespace

Design make_design(const model::Model& model, const BuildOptions& options, const hw::Target& target) {
    Sums sums{options.operands.value_or(options.timing.fastest ? 2 : target.max_add_operands()),
              options.slack.value_or(0), options.effort};
    TimedNetlist first = timed(model, options, target, sums);
    if (!options.operands && sums.operands > 2 && !hw::feasible(target, first.netlist, first.options)) {
        sums.operands = 2;
        first = timed(model, options, target, sums);
    }
    Design design = scheduled(target, first, sums);
    if (!has_choice(options.timing)) return design;
    const bool bounded = options.timing.latency_cycles.has_value(); // then fewer cycles are worth nothing
    const auto offer = [&](const TimedNetlist& other, const Sums& its, double at_most) {
        if (!hw::feasible(target, other.netlist, other.options)) return;
        Design tried = scheduled(target, other, its);
        const int cycles = bounded ? 0 : tried.schedule.latency_cycles();
        const int fewest = bounded ? 0 : design.schedule.latency_cycles();
        const bool smaller = share_of_part(tried) < at_most * share_of_part(design);
        if (cycles < fewest || (cycles == fewest && smaller)) design = std::move(tried);
    };
    const auto offer_shared = [&](TimedNetlist other, const Sums& its) {
        if (options.timing.max_fanout || ir::count(other.netlist).adds > most_adders_twice) return;
        share_loads(other.options);
        offer(other, its, worth_sharing);
    };
    offer_shared(first, sums);
    if (options.slack || ir::count(design.netlist).adds > most_adders_twice) return design;
    std::vector<Sums> others{{sums.operands, 1, options.effort}};
    if (bounded) others.push_back({sums.operands, 2, options.effort});
    if (options.effort != cmvm::Effort::fast) others.push_back({sums.operands, 0, cmvm::Effort::fast});
    for (const Sums& its : others) {
        const TimedNetlist other = timed(model, options, target, its);
        offer(other, its, 1.0);
        offer_shared(other, its);
    }
    return design;
}

} // namespace bitgrain::cli
