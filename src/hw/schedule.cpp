#include "hw/schedule.hpp"

#include "base/error.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace bitgrain::hw {

namespace {

/// Sums of doubles in another order differ in the last bits; a path that is too long by less than this is not too long.
constexpr double tolerance_ns = 1e-9;

std::string nanoseconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f ns", value);
    return text;
}

/// The node or output that needs most of a stage when it has one to itself.
struct Slowest {
    double ns = 0.0;
    std::string where;
};

Slowest slowest(const Timing& timing, const ir::Netlist& netlist) {
    Slowest result;
    const auto offer = [&result](double ns, const auto& where) {
        if (ns > result.ns) result = {ns, where()};
    };
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i] || timing.wiring[i] || netlist.nodes[i].op == ir::Op::input) continue;
        const auto id = static_cast<ir::NodeId>(i);
        double start = 0.0;
        for_each_read(netlist, id, [&](const ir::Signal& s) { start = std::max(start, timing.net[s.node]); });
        offer(timing.end(id, start), [&] { return describe(netlist, id); });
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        if (timing.output[j] <= 0.0) continue;
        const ir::NodeId node = netlist.outputs[j].signal.node;
        offer(timing.net[node] + timing.output[j], [&] { return "output " + netlist.outputs[j].name + " (negation)"; });
    }
    return result;
}

void require_feasible(const Timing& timing, const ir::Netlist& netlist, const ScheduleOptions& options) {
    if (!std::isfinite(options.clock_ns) || options.clock_ns <= 0.0) throw Error("the clock period must be positive");
    if (!(options.margin >= 0.0 && options.margin < 1.0)) throw Error("the margin must be 0 or more and less than 1");
    const Slowest worst = slowest(timing, netlist);
    if (worst.ns <= budget(timing, options) + tolerance_ns) return;
    // Rounded up to the picosecond, so that asking for the stated clock works.
    const double smallest = std::ceil((worst.ns + timing.overhead) / (1.0 - options.margin) * 1000.0) / 1000.0;
    throw Error("a clock of " + nanoseconds(options.clock_ns) + " cannot be met: " + worst.where + " alone takes " +
                    nanoseconds(worst.ns + timing.overhead) + " of estimated delay, clock overhead included",
                worst.where,
                "the smallest clock that can be met is " + nanoseconds(smallest) + " (margin " +
                    std::to_string(static_cast<int>(std::lround(options.margin * 100.0))) + " %)");
}

void place_as_soon_as_possible(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double limit) {
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
        for_each_read(netlist, id, [&](const ir::Signal& s) { stage = std::max(stage, schedule.stage[s.node]); });
        double start = timing.start(netlist, schedule, id, stage);
        if (timing.end(id, start) > limit + tolerance_ns) start = timing.start(netlist, schedule, id, ++stage);
        schedule.stage[i] = stage;
        schedule.arrival[i] = timing.arrival(id, start);
    }
    schedule.stages = 1;
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        const ir::NodeId node = netlist.outputs[j].signal.node;
        if (!timing.live[node]) continue;
        const bool fits = schedule.arrival[node] + timing.output[j] <= limit + tolerance_ns;
        const int last = schedule.stage[node] + (timing.output[j] <= 0.0 || fits ? 0 : 1);
        schedule.stages = std::max(schedule.stages, last + 1);
    }
}

} // namespace

Schedule schedule(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options) {
    const Timing timing(target, netlist);
    require_feasible(timing, netlist, options);
    Schedule result;
    result.input_registers = options.input_registers;
    result.output_registers = options.output_registers;
    result.clock_ns = options.clock_ns;
    const double limit = budget(timing, options);
    place_as_soon_as_possible(result, timing, netlist, limit);
    move_later(result, timing, netlist, limit);
    measure(result, timing, netlist);
    verify(result, target, netlist, options);
    return result;
}

void verify(const Schedule& schedule, const Target& target, const ir::Netlist& netlist,
            const ScheduleOptions& options) {
    CHECK(schedule.stage.size() == netlist.nodes.size(), "one stage per node");
    CHECK(schedule.input_registers == options.input_registers && schedule.output_registers == options.output_registers,
          "the schedule is of other options");
    const Timing timing(target, netlist);
    const double limit = budget(timing, options) + tolerance_ns;
    Schedule again = schedule;
    measure(again, timing, netlist);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const int stage = schedule.stage[i];
        CHECK(stage >= 0 && stage < schedule.stages, describe(netlist, id) + " is in no stage");
        if (netlist.nodes[i].op == ir::Op::input) {
            CHECK(stage == 0, "an input arrives in stage 0");
            continue;
        }
        for_each_read(netlist, id, [&](const ir::Signal& s) {
            CHECK(schedule.stage[s.node] <= stage, describe(netlist, id) + " is before an operand");
        });
        CHECK(timing.end(id, timing.start(netlist, again, id, stage)) <= limit,
              describe(netlist, id) + " ends after the clock");
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        CHECK(timing.output_end(netlist, again, j) <= limit,
              "output " + netlist.outputs[j].name + " ends after the clock");
    }
    CHECK(std::abs(again.worst_stage_ns - schedule.worst_stage_ns) <= tolerance_ns,
          "the stated delay is not the delay");
}

} // namespace bitgrain::hw
