#include "hw/timing.hpp"

#include "hw/structure.hpp"

#include <algorithm>

namespace bitgrain::hw {

Timing::Timing(const Target& target, const ir::Netlist& netlist)
    : live(hw::live(netlist)), overhead(target.delay.clock_overhead) {
    const std::vector<int> readers = fanouts(netlist);
    const std::size_t count = netlist.nodes.size();
    wiring.resize(count);
    logic.resize(count);
    net.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!live[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        wiring[i] = is_wiring(netlist, id);
        logic[i] = logic_delay(target, netlist, id);
        net[i] = net_delay(target, readers[i]);
    }
    for (const ir::Output& out : netlist.outputs)
        output.push_back(output_delay(target, netlist, out.signal));
}

double Timing::start(const ir::Netlist& netlist, const Schedule& schedule, ir::NodeId node, int stage) const {
    double latest = 0.0;
    for_each_read(netlist, node, [&](const ir::Signal& s) {
        latest = std::max(latest, schedule.stage[s.node] == stage ? schedule.arrival[s.node] : net[s.node]);
    });
    return latest;
}

double Timing::first_start(const ir::Netlist& netlist, ir::NodeId node) const {
    double latest = 0.0;
    for_each_read(netlist, node, [&](const ir::Signal& s) { latest = std::max(latest, net[s.node]); });
    return latest;
}

double Timing::output_end(const ir::Netlist& netlist, const Schedule& schedule, std::size_t j) const {
    const ir::NodeId node = netlist.outputs[j].signal.node;
    if (output[j] <= 0.0) return 0.0;
    return (schedule.stage[node] == schedule.stages - 1 ? schedule.arrival[node] : net[node]) + output[j];
}

double budget(const Timing& timing, const ScheduleOptions& options) {
    return options.clock_ns * (1.0 - options.margin) - timing.overhead;
}

void measure(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist) {
    schedule.arrival.assign(netlist.nodes.size(), 0.0);
    double worst = 0.0;
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        if (netlist.nodes[i].op == ir::Op::input) {
            schedule.arrival[i] = timing.net[i];
            continue;
        }
        const double start = timing.start(netlist, schedule, id, schedule.stage[i]);
        schedule.arrival[i] = timing.arrival(id, start);
        worst = std::max(worst, timing.end(id, start));
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        worst = std::max(worst, timing.output_end(netlist, schedule, j));
    }
    schedule.worst_stage_ns = worst + timing.overhead;
}

int output_stage(const Schedule& schedule, const ir::Netlist& netlist, std::size_t j) {
    const bool stored = schedule.output_registers && !operand(netlist, netlist.outputs[j].signal).negate;
    return schedule.stages - (stored ? 0 : 1);
}

std::string describe(const ir::Netlist& netlist, ir::NodeId node) {
    const ir::Origin& origin = netlist.origins[node];
    std::string text = netlist.scopes[origin.scope];
    if (origin.index >= 0) text += (text.empty() ? "element " : ", element ") + std::to_string(origin.index);
    if (text.empty()) text = "node " + std::to_string(node);
    return text + " (" + ir::name(netlist.nodes[node].op) + ")";
}

} // namespace bitgrain::hw
