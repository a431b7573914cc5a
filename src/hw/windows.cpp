#include "hw/windows.hpp"

#include "hw/structure.hpp"

#include <algorithm>
#include <limits>

namespace bitgrain::hw {

void place_as_soon_as_possible(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget) {
    schedule.stage.assign(netlist.nodes.size(), 0);
    schedule.arrival.assign(netlist.nodes.size(), 0.0);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        if (netlist.nodes[i].op == ir::Op::input) {
            schedule.arrival[i] = timing.net[i];
            continue;
        }
        int stage = 0;
        for_each_read(netlist, id, [&](const ir::Signal& s) {
            stage = std::max(stage, schedule.stage[s.node] + timing.distance(netlist, s.node, id));
        });
        double start = timing.start(netlist, schedule, id, stage);
        if (timing.end(id, start) > budget + tolerance_ns) start = timing.start(netlist, schedule, id, ++stage);
        schedule.stage[i] = stage;
        schedule.arrival[i] = timing.arrival(id, start);
    }
    schedule.stages = 1;
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        if (!timing.live[node]) continue;
        const bool fits = schedule.arrival[node] + timing.output[j] <= budget + tolerance_ns;
        const int last = schedule.stage[node] + (timing.output[j] <= 0.0 || fits ? 0 : 1);
        schedule.stages = std::max(schedule.stages, last + 1);
    }
}

namespace {

constexpr double no_deadline = std::numeric_limits<double>::infinity();

/// The latest a node can be: in which stage, and when its operands must be there then.
struct Latest {
    int stage = 0;
    double start = no_deadline;

    void limit(const Latest& other) {
        if (other.stage < stage) {
            *this = other;
        } else if (other.stage == stage) {
            start = std::min(start, other.start);
        }
    }
};

} // namespace

std::vector<int> latest_stages(const Timing& timing, const ir::Netlist& netlist, double budget, int stages) {
    // `latest[v]`: what the readers of v ask of its arrival; then, once v itself is visited, where v can be.
    std::vector<Latest> latest(netlist.nodes.size(), {stages - 1, no_deadline});
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        if (timing.output[j] <= 0.0) continue;
        latest[netlist.outputs[j].signal.node].limit({stages - 1, budget + tolerance_ns - timing.output[j]});
    }
    std::vector<int> result(netlist.nodes.size(), 0);
    for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
        if (!timing.live[i] || netlist.nodes[i].op == ir::Op::input) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const auto operands_at = [&](double arrival) {
            if (timing.wiring[i]) return arrival;
            return std::min(budget + tolerance_ns, arrival - timing.net[i]) - timing.logic[i];
        };
        double start = operands_at(latest[i].start);
        if (start < timing.first_start(netlist, id)) {
            --latest[i].stage;
            start = operands_at(no_deadline);
        }
        result[i] = latest[i].stage;
        for_each_read(netlist, id, [&](const ir::Signal& s) {
            const int distance = timing.distance(netlist, s.node, id);
            latest[s.node].limit({result[i] - distance, distance > 0 ? no_deadline : start});
        });
    }
    return result;
}

} // namespace bitgrain::hw
