// Registers and areas of a scheduled netlist.
#include "hw/area.hpp"

#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>
#include <map>
#include <utility>

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
    std::map<std::pair<std::uint32_t, std::int32_t>, Area> neurons;
    const auto count = [&](const ir::Origin& origin, const Parts& parts, double ff, double carry) {
        const Area own{dot(parts, target.lut_per), ff, carry};
        report.parts += parts;
        report.total += own;
        report.per_scope[origin.scope] += own;
        if (own != Area{}) neurons[{origin.scope, origin.index}] += own;
    };
    const std::vector<bool> needed = live(netlist);
    const std::vector<long> registers = register_bits(schedule, netlist);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        const auto id = static_cast<ir::NodeId>(i);
        if (!needed[i]) continue;
        count(netlist.origins[i], parts(target, netlist, id), static_cast<double>(registers[i]),
              carry_bits(netlist, id));
    }
    for (const ir::Output& output : netlist.outputs) {
        count(netlist.origins[output.signal.node], output_parts(netlist, output.signal),
              output_bits(schedule, netlist, output.signal),
              operand(netlist, output.signal).negate ? operand(netlist, output.signal).width : 0);
    }
    count({}, {}, schedule.latency_cycles(), 0.0);
    for (const auto& [key, own] : neurons)
        report.per_neuron.push_back({key.first, key.second, own});
    return report;
}

} // namespace bitgrain::hw
