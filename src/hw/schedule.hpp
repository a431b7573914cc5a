// A pipeline: the stage in which each node is computed. Not part of the netlist: one netlist can have many schedules.
// A register is not a node; it is an edge that crosses from one stage to a later one.
#pragma once

#include "hw/model.hpp"
#include "ir/netlist.hpp"

#include <optional>
#include <vector>

namespace bitgrain::hw {

struct ScheduleOptions {
    double clock_ns = 5.0;
    double margin = 0.1; ///< share of the clock kept free
    bool input_registers = true;
    bool output_registers = true;
    std::optional<int> latency_cycles; ///< at most; none: the fewest that the clock allows
    std::optional<int> max_fanout;     ///< loads that a register may have, at least 2; more registers share the others
    bool layer_registers = false;      ///< every value that one layer reads of another comes from a register
    bool where_needed = false;         ///< only where a register with more would miss the clock
};

/// Stage s is the logic after register rank s. Inputs arrive in stage 0. With input registers their rank is the first
/// one. latency_cycles counts every register rank between in_data and out_data, the input and output ranks included.
struct Schedule {
    std::vector<int> stage;      ///< per node
    std::vector<double> arrival; ///< per node: ns after the start of its stage at which its result is at its readers
    int stages = 1;
    bool input_registers = true;
    bool output_registers = true;
    std::vector<int> most_loads; ///< per node: loads of one of its registers (duplicates.hpp), 0: any; empty: all 0
    double clock_ns = 0.0;
    double worst_stage_ns = 0.0;  ///< longest register-to-register path, clock overhead included
    long register_bits_saved = 0; ///< against every node as soon as possible

    int latency_cycles() const { return stages - 1 + (input_registers ? 1 : 0) + (output_registers ? 1 : 0); }
    /// Without registers: through the logic.
    double latency_ns() const { return latency_cycles() > 0 ? latency_cycles() * clock_ns : worst_stage_ns; }
};

/// The fewest register bits for the clock: at the lowest latency, or at any up to options.latency_cycles. Exact, but
/// for netlists far beyond 100,000 nodes, where nodes are moved later greedily (never more registers than as soon as
/// possible). A clock that cannot be met: Error that states the smallest one that can, and the node that sets it.
Schedule schedule(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options);

/// The smallest clock in ns, in whole picoseconds, that can be met, within options.latency_cycles when these are given.
/// options.clock_ns is not looked at.
double smallest_clock(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options);

/// True when schedule() has no reason to refuse.
bool feasible(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options);

/// Per node that is too long for a stage and can be split: the bits of carry chain, or the bits that a clamp may decide
/// by, that a stage has time for; 0 for all others. Empty when there is no such node. Adds that cannot be cut into
/// pieces of `least` bits or more are left out.
std::vector<int> split_limits(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options,
                              int least);

/// Throws InternalError unless no node is before its operands and no stage is longer than the clock.
void verify(const Schedule& schedule, const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options);

/// Per node, the register copies of its value, each of its width: one per stage through which it is carried after its
/// own, the output rank included, and for an input the input rank. 0 for constants and for what no output needs.
std::vector<int> register_ranks(const Schedule& schedule, const ir::Netlist& netlist);
/// Flip-flops: registers that share a value's loads in full width, of all others the bits that are read in a later
/// stage (area.hpp, register_bits), outputs negated in front of their register, and the valid chain.
long flip_flops(const Schedule& schedule, const ir::Netlist& netlist);

} // namespace bitgrain::hw
