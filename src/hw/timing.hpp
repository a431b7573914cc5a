// Delays of all nodes of one netlist on one target, computed once, and how they add up along a stage.
//
// A path starts at a register (or at a port), and goes net, logic, net, logic, ..., register. A node's arrival counts
// its own net; whether the node fits its stage is decided before that net, since a register sits beside the logic it
// stores.
#pragma once

#include "hw/model.hpp"
#include "hw/schedule.hpp"

#include <string>
#include <vector>

namespace bitgrain::hw {

struct Timing {
    /// `most_loads` as in Schedule.
    Timing(const Target& target, const ir::Netlist& netlist, std::vector<int> most_loads = {});
    /// Bounds on loads and registers between layers as the options say.
    Timing(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options);

    std::vector<bool> live;
    std::vector<bool> wiring;
    std::vector<double> logic; ///< per node; 0 for wires
    std::vector<int> most_loads;
    std::vector<double> net;        ///< from the node to its readers
    std::vector<double> registered; ///< from one of its registers to those that share it
    std::vector<double> output;     ///< per output: negation at the output
    double overhead = 0.0;
    bool layer_registers = false;

    /// Stages that must lie between a node and its reader.
    int distance(const ir::Netlist& netlist, ir::NodeId node, ir::NodeId reader) const {
        return layer_registers && netlist.nodes[node].op != ir::Op::input &&
               netlist.origins[node].scope != netlist.origins[reader].scope;
    }
    /// When the operands of a node placed in `stage` are there: the latest of those in the stage and of the registered
    /// ones.
    double start(const ir::Netlist& netlist, const Schedule& schedule, ir::NodeId node, int stage) const;
    /// From a register to a reader. Those behind a wire cannot be told apart: they stay on one register.
    double registered_net(ir::NodeId node, ir::NodeId reader) const {
        return wiring[reader] ? net[node] : registered[node];
    }
    /// The earliest that can be: all operands come from registers.
    double first_start(const ir::Netlist& netlist, ir::NodeId node) const;
    /// Arrival of a node that starts then, and the end of its logic, which must lie within the budget.
    double arrival(ir::NodeId node, double start) const {
        return wiring[node] ? start : start + logic[node] + net[node];
    }
    double end(ir::NodeId node, double start) const { return wiring[node] ? 0.0 : start + logic[node]; }
    /// When output j's value is there, counted in the last stage.
    double output_end(const ir::Netlist& netlist, const Schedule& schedule, std::size_t j) const;
};

/// The most loads that each node's registers may have in this schedule, which keeps the clock with those of `bounded`;
/// 0 for any number.
std::vector<int> needed_loads(const Schedule& schedule, const Target& target, const Timing& bounded,
                              const ir::Netlist& netlist, double budget);

/// Time for logic and nets within a stage.
double budget(const Timing& timing, const ScheduleOptions& options);

/// Fills arrival and worst_stage_ns from the stages.
void measure(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist);

/// Moves nodes to later stages where that makes the registers fewer; keeps the number of stages and the clock.
void move_later(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget);

/// Puts every node so that the register bits are the fewest that the clock and that many stages allow. `schedule` comes
/// in as soon as possible. False, and the schedule as it was, when the netlist is too large for the exact method.
bool fewest_registers(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget,
                      int most_stages);

/// "dense_1, element 7 (add)": where a node comes from, for messages.
std::string describe(const ir::Netlist& netlist, ir::NodeId node);

/// Last stage in which output j reads its node's value; one more than the last stage when the output rank stores it.
int output_stage(const Schedule& schedule, const ir::Netlist& netlist, std::size_t j);

} // namespace bitgrain::hw
