#include "rtl/partition.hpp"

#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <map>

namespace bitgrain::rtl {

Value value_at(const ir::Netlist& netlist, const hw::Schedule& schedule, const hw::Duplicates& duplicates,
               ir::NodeId node, int stage, std::uint32_t reader) {
    const bool ranked = netlist.nodes[node].op == ir::Op::input && schedule.input_registers;
    const int copy = stage - schedule.stage[node] + (ranked ? 1 : 0);
    return {node, copy, copy > 0 ? duplicates.read_by(node, reader) : 0};
}

Partition partition(const ir::Netlist& netlist, const hw::Schedule& schedule, Layout layout) {
    Partition result{{}, {}, hw::Duplicates(schedule, netlist)};
    result.modules.emplace_back();
    result.owner.assign(netlist.nodes.size(), 0);
    const std::vector<bool> live = hw::live(netlist);
    std::map<std::uint32_t, std::size_t> module_of;
    const auto read = [&](ir::NodeId node, std::size_t module, int stage, std::uint32_t reader) {
        if (result.owner[node] == module) return;
        const Value value = value_at(netlist, schedule, result.duplicates, node, stage, reader);
        result.modules[module].reads.insert(value);
        result.modules[result.owner[node]].gives.insert(value);
    };
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!live[i] || netlist.nodes[i].op == ir::Op::input) continue;
        const auto id = static_cast<ir::NodeId>(i);
        if (layout == Layout::per_layer) {
            const std::uint32_t scope = netlist.origins[i].scope;
            const auto [at, is_new] = module_of.try_emplace(scope, result.modules.size());
            if (is_new) result.modules.push_back({scope, {}, {}, {}});
            result.owner[i] = at->second;
        }
        result.modules[result.owner[i]].nodes.push_back(id);
        hw::for_each_read(netlist, id,
                          [&](const ir::Signal& s) { read(s.node, result.owner[i], schedule.stage[i], id); });
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        const auto reader = static_cast<std::uint32_t>(netlist.nodes.size() + j);
        if (!hw::is_constant(netlist, node)) read(node, 0, hw::output_stage(schedule, netlist, j), reader);
    }
    return result;
}

} // namespace bitgrain::rtl
