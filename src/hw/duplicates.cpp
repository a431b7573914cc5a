#include "hw/duplicates.hpp"

#include "hw/structure.hpp"
#include "hw/timing.hpp"

namespace bitgrain::hw {

namespace {

/// What a register drives: a reader, or a register of the next rank.
struct Load {
    int weight = 1;
    std::uint32_t reader = 0;
    int next = -1; ///< index in the next rank; -1: a reader
};

} // namespace

Duplicates::Duplicates(const Schedule& schedule, const ir::Netlist& netlist) {
    if (schedule.most_loads.empty()) return;
    const std::vector<bool> needed = live(netlist);
    const std::vector<int> readers = fanouts(netlist);
    std::map<ir::NodeId, std::map<int, std::vector<Load>>> loads; // per value and rank
    const auto add = [&](ir::NodeId node, int stage, int weight, std::uint32_t reader) {
        if (schedule.most_loads[node] <= 0 || is_constant(netlist, node)) return;
        const bool input_rank = netlist.nodes[node].op == ir::Op::input && schedule.input_registers;
        const int rank = stage - schedule.stage[node] + (input_rank ? 1 : 0);
        if (rank < 1) return;
        std::vector<Load>& here = loads[node][rank];
        if (!here.empty() && here.back().reader == reader) {
            here.back().weight += weight;
        } else {
            here.push_back({weight, reader, -1});
        }
    };
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!needed[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const int weight = is_wiring(netlist, id) ? readers[i] : 1;
        for_each_read(netlist, id, [&](const ir::Signal& s) { add(s.node, schedule.stage[i], weight, id); });
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        add(netlist.outputs[j].signal.node, output_stage(schedule, netlist, j), 1,
            static_cast<std::uint32_t>(netlist.nodes.size() + j));
    }
    for (auto& [node, ranks] : loads) {
        const int most = schedule.most_loads[node];
        std::size_t next = 0; // registers of the rank behind
        for (int rank = ranks.rbegin()->first; rank >= 1; --rank) {
            std::vector<Load> all = ranks[rank];
            for (std::size_t k = 0; k < next; ++k)
                all.push_back({1, 0, static_cast<int>(k)});
            int registers = 1, driven = 0;
            for (const Load& load : all) {
                if (driven > 0 && driven + load.weight > most) {
                    ++registers;
                    driven = 0;
                }
                driven += load.weight;
                if (registers == 1) continue;
                if (load.next < 0) {
                    read_by_[{node, load.reader}] = registers - 1;
                } else {
                    fed_by_[{{node, rank + 1}, load.next}] = registers - 1;
                }
            }
            next = static_cast<std::size_t>(registers);
            if (registers > 1) ranks_[{node, rank}] = registers;
        }
    }
}

int Duplicates::count(ir::NodeId node, int rank) const {
    const auto found = ranks_.find({node, rank});
    return found == ranks_.end() ? 1 : found->second;
}

int Duplicates::read_by(ir::NodeId node, std::uint32_t reader) const {
    const auto found = read_by_.find({node, reader});
    return found == read_by_.end() ? 0 : found->second;
}

int Duplicates::fed_by(ir::NodeId node, int rank, int index) const {
    const auto found = fed_by_.find({{node, rank}, index});
    return found == fed_by_.end() ? 0 : found->second;
}

} // namespace bitgrain::hw
