// Registers and areas of a scheduled netlist.
#include "hw/schedule.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>

namespace bitgrain::hw {

std::vector<int> register_ranks(const Schedule& schedule, const ir::Netlist& netlist) {
    const std::vector<bool> needed = live(netlist);
    std::vector<int> last(schedule.stage);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!needed[i]) continue;
        for_each_read(netlist, static_cast<ir::NodeId>(i),
                      [&](const ir::Signal& s) { last[s.node] = std::max(last[s.node], schedule.stage[i]); });
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        last[node] = std::max(last[node], output_stage(schedule, netlist, j));
    }
    std::vector<int> ranks(netlist.nodes.size(), 0);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!needed[i]) continue;
        const bool input_rank = netlist.nodes[i].op == ir::Op::input && schedule.input_registers;
        ranks[i] = last[i] - schedule.stage[i] + (input_rank ? 1 : 0);
    }
    return ranks;
}

namespace {

/// Flip-flops of an output that is negated after the last register of its node.
int output_bits(const Schedule& schedule, const ir::Netlist& netlist, const ir::Signal& signal) {
    if (!schedule.output_registers || !operand(netlist, signal).negate) return 0;
    return ir::interval(netlist, signal).width();
}

} // namespace

long flip_flops(const Schedule& schedule, const ir::Netlist& netlist) {
    long bits = schedule.latency_cycles();
    const std::vector<int> ranks = register_ranks(schedule, netlist);
    for (std::size_t i = 0; i < ranks.size(); ++i)
        bits += static_cast<long>(ranks[i]) * netlist.nodes[i].interval.width();
    for (const ir::Output& output : netlist.outputs)
        bits += output_bits(schedule, netlist, output.signal);
    return bits;
}

AreaReport area(const Target& target, const ir::Netlist& netlist, const Schedule& schedule) {
    AreaReport report;
    report.per_scope.resize(netlist.scopes.size());
    const auto count = [&report](std::uint32_t scope, double lut, double ff) {
        for (Area* area : {&report.total, &report.per_scope[scope]}) {
            area->lut += lut;
            area->ff += ff;
        }
    };
    const std::vector<bool> needed = live(netlist);
    const std::vector<int> ranks = register_ranks(schedule, netlist);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!needed[i]) continue;
        count(netlist.origins[i].scope, luts(target, netlist, static_cast<ir::NodeId>(i)),
              static_cast<double>(ranks[i]) * netlist.nodes[i].interval.width());
    }
    for (const ir::Output& output : netlist.outputs) {
        count(netlist.origins[output.signal.node].scope, output_luts(netlist, output.signal),
              output_bits(schedule, netlist, output.signal));
    }
    count(0, 0.0, schedule.latency_cycles());
    return report;
}

} // namespace bitgrain::hw
