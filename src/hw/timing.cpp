#include "hw/timing.hpp"

#include "hw/structure.hpp"
#include "hw/windows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bitgrain::hw {

Timing::Timing(const Target& target, const ir::Netlist& netlist, std::vector<int> loads)
    : live(hw::live(netlist)), most_loads(std::move(loads)), overhead(target.delay.clock_overhead) {
    const std::vector<int> readers = fanouts(netlist);
    const std::size_t count = netlist.nodes.size();
    wiring.resize(count);
    logic.resize(count);
    net.resize(count);
    registered.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        if (!live[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        wiring[i] = is_wiring(netlist, id);
        logic[i] = logic_delay(target, netlist, id);
        net[i] = net_delay(target, readers[i]);
        const bool shared = !most_loads.empty() && most_loads[i] > 0;
        registered[i] = shared ? net_delay(target, std::min(readers[i], most_loads[i])) : net[i];
    }
    for (const ir::Output& out : netlist.outputs)
        output.push_back(output_delay(target, netlist, out.signal));
}

Timing::Timing(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options)
    : Timing(target, netlist,
             std::vector<int>(options.max_fanout ? netlist.nodes.size() : 0, options.max_fanout.value_or(0))) {
    layer_registers = options.layer_registers;
}

double Timing::start(const ir::Netlist& netlist, const Schedule& schedule, ir::NodeId node, int stage) const {
    double latest = 0.0;
    for_each_read(netlist, node, [&](const ir::Signal& s) {
        const bool ranked = netlist.nodes[s.node].op == ir::Op::input && schedule.input_registers;
        const bool here = schedule.stage[s.node] == stage && !ranked;
        latest = std::max(latest, here ? schedule.arrival[s.node] : registered_net(s.node, node));
    });
    return latest;
}

double Timing::first_start(const ir::Netlist& netlist, ir::NodeId node) const {
    double latest = 0.0;
    for_each_read(netlist, node, [&](const ir::Signal& s) { latest = std::max(latest, registered_net(s.node, node)); });
    return latest;
}

double Timing::output_end(const ir::Netlist& netlist, const Schedule& schedule, std::size_t j) const {
    const ir::NodeId node = netlist.outputs[j].signal.node;
    if (output[j] <= 0.0) return 0.0;
    return (schedule.stage[node] == schedule.stages - 1 ? schedule.arrival[node] : registered[node]) + output[j];
}

std::vector<int> needed_loads(const Schedule& schedule, const Target& target, const Timing& bounded,
                              const ir::Netlist& netlist, double budget) {
    std::vector<int> result(bounded.most_loads);
    if (result.empty()) return result;
    constexpr double any = std::numeric_limits<double>::infinity();
    std::vector<double> latest(netlist.nodes.size(), any);  // arrival that readers in the same stage ask of a node
    std::vector<double> allowed(netlist.nodes.size(), any); // net that readers ask of a register of it
    const auto ask = [](double& of, double time) { of = std::min(of, time); };
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        if (bounded.output[j] <= 0.0) continue;
        ask(schedule.stage[node] == schedule.stages - 1 ? latest[node] : allowed[node], budget - bounded.output[j]);
    }
    for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
        if (!bounded.live[i] || netlist.nodes[i].op == ir::Op::input) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const double start =
            bounded.wiring[i] ? latest[i] : std::min(budget, latest[i] - bounded.net[i]) - bounded.logic[i];
        for_each_read(netlist, id, [&](const ir::Signal& s) {
            const bool ranked = netlist.nodes[s.node].op == ir::Op::input && schedule.input_registers;
            if (schedule.stage[s.node] == schedule.stage[i] && !ranked) {
                ask(latest[s.node], start);
            } else if (!bounded.wiring[i]) {
                ask(allowed[s.node], start);
            }
        });
    }
    for (std::size_t i = 0; i < result.size(); ++i) {
        if (bounded.registered[i] >= bounded.net[i] || allowed[i] + tolerance_ns >= bounded.net[i]) {
            result[i] = 0;
        } else {
            const double doublings = (allowed[i] - target.delay.net) / target.delay.net_per_fanout;
            result[i] = std::max(result[i], static_cast<int>(std::exp2(doublings) + 1e-6));
        }
    }
    return result;
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
