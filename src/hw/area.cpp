// Registers and areas of a scheduled netlist.
#include "hw/area.hpp"

#include "hw/bit_readers.hpp"
#include "hw/duplicates.hpp"
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

/// Of a reader as bit_groups names it.
int stage_of(const Schedule& schedule, const ir::Netlist& netlist, std::uint32_t reader) {
    const std::size_t count = netlist.nodes.size();
    return reader < count ? schedule.stage[reader] : output_stage(schedule, netlist, reader - count);
}

} // namespace

std::vector<long> register_bits(const Schedule& schedule, const ir::Netlist& netlist,
                                const std::vector<std::vector<BitGroup>>& groups) {
    std::vector<long> bits(netlist.nodes.size(), 0);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const bool input_rank = netlist.nodes[i].op == ir::Op::input && schedule.input_registers;
        const int first = schedule.stage[i] - (input_rank ? 1 : 0);
        for (const BitGroup& group : groups[i]) {
            int last = first;
            for (const std::uint32_t reader : group.readers)
                last = std::max(last, stage_of(schedule, netlist, reader));
            bits[i] += static_cast<long>(group.bits) * (last - first);
        }
    }
    const Duplicates duplicates(schedule, netlist);
    for (const auto& [rank, registers] : duplicates.ranks()) {
        const auto& [node, number] = rank;
        const bool input_rank = netlist.nodes[node].op == ir::Op::input && schedule.input_registers;
        const int stage = schedule.stage[node] - (input_rank ? 1 : 0) + number;
        bits[node] += static_cast<long>(registers) * netlist.nodes[node].interval.width();
        for (const BitGroup& group : groups[node]) {
            const bool kept = std::any_of(group.readers.begin(), group.readers.end(), [&](std::uint32_t reader) {
                return stage_of(schedule, netlist, reader) >= stage;
            });
            if (kept) bits[node] -= group.bits;
        }
    }
    return bits;
}

namespace {

/// Flip-flops of an output that is negated after the last register of its node.
int output_bits(const Schedule& schedule, const ir::Netlist& netlist, const ir::Signal& negated) {
    return schedule.output_registers ? ir::interval(netlist, negated).width() : 0;
}

} // namespace

long flip_flops(const Schedule& schedule, const ir::Netlist& netlist) {
    long bits = schedule.latency_cycles();
    for (const long of_node : register_bits(schedule, netlist, bit_groups(netlist)))
        bits += of_node;
    for (const ir::Signal& signal : negated_outputs(netlist))
        bits += output_bits(schedule, netlist, signal);
    return bits;
}

namespace {

/// A bit that is masked and then registered costs no LUT: the register has a reset for it.
int masked_into_registers(const Schedule& schedule, const ir::Netlist& netlist, ir::NodeId id,
                          const std::vector<BitGroup>& groups) {
    int bits = 0;
    for (const BitGroup& group : groups) {
        const bool registered = std::all_of(group.readers.begin(), group.readers.end(), [&](std::uint32_t reader) {
            return stage_of(schedule, netlist, reader) > schedule.stage[id];
        });
        if (registered) bits += group.bits;
    }
    return bits;
}

} // namespace

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
    const std::vector<std::vector<BitGroup>> groups = bit_groups(netlist);
    const std::vector<long> registers = register_bits(schedule, netlist, groups);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        const auto id = static_cast<ir::NodeId>(i);
        if (!needed[i]) continue;
        Parts own = parts(target, netlist, id);
        if (own[Part::mask_bit] > 0) own[Part::mask_bit] -= masked_into_registers(schedule, netlist, id, groups[i]);
        count(netlist.origins[i], own, static_cast<double>(registers[i]), carry_bits(netlist, id));
    }
    for (const ir::Signal& signal : negated_outputs(netlist)) {
        count(netlist.origins[signal.node], output_parts(netlist, signal), output_bits(schedule, netlist, signal),
              operand(netlist, signal).width);
    }
    count({}, {}, schedule.latency_cycles(), 0.0);
    for (const auto& [key, own] : neurons)
        report.per_neuron.push_back({key.first, key.second, own});
    return report;
}

} // namespace bitgrain::hw
