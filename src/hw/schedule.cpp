#include "hw/schedule.hpp"

#include "base/error.hpp"
#include "hw/structure.hpp"
#include "hw/windows.hpp"

#include <cmath>

namespace bitgrain::hw {

Schedule schedule(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options) {
    const Timing timing(target, netlist, options);
    require_feasible(timing, netlist, options);
    Schedule result;
    result.input_registers = options.input_registers;
    result.output_registers = options.output_registers;
    result.clock_ns = options.clock_ns;
    const double limit = budget(timing, options);
    place_as_soon_as_possible(result, timing, netlist, limit);
    const long as_soon_as_possible = flip_flops(result, netlist);
    const int stages = options.latency_cycles ? most_stages(options) : result.stages;
    if (!fewest_registers(result, timing, netlist, limit, stages)) move_later(result, timing, netlist, limit);
    result.register_bits_saved = as_soon_as_possible - flip_flops(result, netlist);
    result.most_loads = options.where_needed ? needed_loads(result, target, timing, netlist, limit) : timing.most_loads;
    measure(result, Timing(target, netlist, result.most_loads), netlist);
    verify(result, target, netlist, options);
    return result;
}

void verify(const Schedule& schedule, const Target& target, const ir::Netlist& netlist,
            const ScheduleOptions& options) {
    CHECK(schedule.stage.size() == netlist.nodes.size(), "one stage per node");
    CHECK(schedule.input_registers == options.input_registers && schedule.output_registers == options.output_registers,
          "the schedule is of other options");
    const Timing timing(target, netlist, schedule.most_loads);
    const double limit = budget(timing, options) + tolerance_ns;
    const Timing layers(target, netlist, options);
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
            CHECK(schedule.stage[s.node] + layers.distance(netlist, s.node, id) <= stage,
                  describe(netlist, id) + " is before an operand");
        });
        CHECK(timing.end(id, timing.start(netlist, again, id, stage)) <= limit,
              describe(netlist, id) + " ends after the clock");
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        CHECK(timing.output_end(netlist, again, j) <= limit,
              "output " + netlist.outputs[j].name + " ends after the clock");
    }
    CHECK(!options.latency_cycles || schedule.latency_cycles() <= *options.latency_cycles, "more cycles than allowed");
    CHECK(std::abs(again.worst_stage_ns - schedule.worst_stage_ns) <= tolerance_ns,
          "the stated delay is not the delay");
}

} // namespace bitgrain::hw
