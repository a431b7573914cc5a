// Which clocks can be met, and the errors when one cannot.
#include "base/error.hpp"
#include "hw/structure.hpp"
#include "hw/windows.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace bitgrain::hw {

namespace {

std::string nanoseconds(double value) {
    char text[32];
    std::snprintf(text, sizeof text, "%.3f ns", value);
    return text;
}

std::string margin_text(const ScheduleOptions& options) {
    return " (margin " + std::to_string(static_cast<int>(std::lround(options.margin * 100.0))) + " %)";
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
        offer(timing.end(id, timing.first_start(netlist, id)), [&] { return describe(netlist, id); });
    }
    for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
        if (timing.output[j] <= 0.0) continue;
        const ir::NodeId node = netlist.outputs[j].signal.node;
        offer(timing.registered[node] + timing.output[j],
              [&] { return "output " + netlist.outputs[j].name + " (negation)"; });
    }
    return result;
}

/// Whole picoseconds, so that asking for the stated clock works: the clock whose budget is `ns`, rounded up.
long picoseconds(const Timing& timing, const ScheduleOptions& options, double ns) {
    return static_cast<long>(std::ceil((ns + timing.overhead) / (1.0 - options.margin) * 1000.0 - 1e-6));
}

int stages_at(const Timing& timing, const ir::Netlist& netlist, double budget) {
    Schedule schedule;
    place_as_soon_as_possible(schedule, timing, netlist, budget);
    return schedule.stages;
}

/// Longest path of all, in one stage.
double combinational(const Timing& timing, const ir::Netlist& netlist) {
    Schedule schedule;
    place_as_soon_as_possible(schedule, timing, netlist, std::numeric_limits<double>::infinity());
    measure(schedule, timing, netlist);
    return schedule.worst_stage_ns - timing.overhead;
}

double smallest_clock(const Timing& timing, const ir::Netlist& netlist, const ScheduleOptions& options) {
    long least = std::max(picoseconds(timing, options, slowest(timing, netlist).ns), 1L);
    if (!options.latency_cycles) return static_cast<double>(least) / 1000.0;
    long enough = std::max(picoseconds(timing, options, combinational(timing, netlist)), least);
    const int stages = most_stages(options);
    const auto fits = [&](long clock_ps) {
        ScheduleOptions at = options;
        at.clock_ns = static_cast<double>(clock_ps) / 1000.0;
        return stages_at(timing, netlist, budget(timing, at)) <= stages;
    };
    if (!fits(enough)) {
        throw Error("registers between layers take more than " + std::to_string(*options.latency_cycles) + " cycles",
                    "", "allow more cycles, or leave these registers out");
    }
    while (least < enough) {
        const long middle = least + (enough - least) / 2;
        if (fits(middle)) {
            enough = middle;
        } else {
            least = middle + 1;
        }
    }
    return static_cast<double>(enough) / 1000.0;
}

/// Bits of carry chain that there is time for; 0 when splitting does not help.
int chain_limit(const Delay& delay, const ir::Netlist& netlist, ir::NodeId id, double time, int least) {
    // Two pieces read an operand where one add did.
    const double carry = time - delay.net_per_fanout - delay.lut - delay.carry_start;
    const int bits = delay.carry_per_bit > 0.0 ? static_cast<int>(std::floor(carry / delay.carry_per_bit)) : 0;
    const AddStructure add = add_structure(netlist, id);
    return bits < least || (add.count == 2 && bits >= add.chain_bits()) ? 0 : bits;
}

/// Bits that a clamp may decide by: those of one LUT, when it looks at more or rounds before.
int clamp_limit(const Target& target, const ir::Netlist& netlist, ir::NodeId id) {
    const CastStructure cast = cast_structure(netlist, id);
    if (!cast.clamp) return 0;
    const int above = cast.rounded_width - netlist.nodes[id].interval.width();
    const bool splits = cast.round || above >= target.lut_inputs || (cast.symmetric && above > 0);
    return splits ? target.lut_inputs : 0;
}

} // namespace

int most_stages(const ScheduleOptions& options) {
    CHECK(options.latency_cycles.has_value(), "no bound on the latency");
    const int ranks = (options.input_registers ? 1 : 0) + (options.output_registers ? 1 : 0);
    const int stages = *options.latency_cycles + 1 - ranks;
    if (stages >= 1) return stages;
    throw Error("a latency of " + std::to_string(*options.latency_cycles) + " is too short: the registers at the " +
                    "inputs and outputs alone take " + std::to_string(ranks) + (ranks == 1 ? " cycle" : " cycles"),
                "", "allow so many, or leave these registers out");
}

double smallest_clock(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options) {
    return smallest_clock(Timing(target, netlist, options), netlist, options);
}

bool feasible(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options) {
    const Timing timing(target, netlist, options);
    const double limit = budget(timing, options);
    if (slowest(timing, netlist).ns > limit + tolerance_ns) return false;
    return !options.latency_cycles || stages_at(timing, netlist, limit) <= most_stages(options);
}

std::vector<int> split_limits(const Target& target, const ir::Netlist& netlist, const ScheduleOptions& options,
                              int least) {
    const Timing timing(target, netlist, options);
    const double limit = budget(timing, options);
    std::vector<int> result(netlist.nodes.size(), 0);
    bool any = false;
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!timing.live[i] || timing.wiring[i]) continue;
        const auto id = static_cast<ir::NodeId>(i);
        const double start = timing.first_start(netlist, id);
        if (timing.end(id, start) <= limit + tolerance_ns) continue;
        if (netlist.nodes[i].op == ir::Op::add)
            result[i] = chain_limit(target.delay, netlist, id, limit - start, least);
        if (netlist.nodes[i].op == ir::Op::cast) result[i] = clamp_limit(target, netlist, id);
        any = any || result[i] > 0;
    }
    return any ? result : std::vector<int>{};
}

void require_feasible(const Timing& timing, const ir::Netlist& netlist, const ScheduleOptions& options) {
    if (!std::isfinite(options.clock_ns) || options.clock_ns <= 0.0) throw Error("the clock period must be positive");
    if (options.max_fanout && *options.max_fanout < 2) throw Error("a register must be allowed two loads or more");
    if (!(options.margin >= 0.0 && options.margin < 1.0)) throw Error("the margin must be 0 or more and less than 1");
    const Slowest worst = slowest(timing, netlist);
    const double limit = budget(timing, options);
    const bool fits = worst.ns <= limit + tolerance_ns;
    if (fits && !options.latency_cycles) return;
    const int stages = fits ? stages_at(timing, netlist, limit) : 0;
    if (fits && stages <= most_stages(options)) return;
    const std::string hint = "the smallest clock that can be met is " +
                             nanoseconds(smallest_clock(timing, netlist, options)) + margin_text(options);
    if (!fits) {
        throw Error("a clock of " + nanoseconds(options.clock_ns) + " cannot be met: it alone takes " +
                        nanoseconds(worst.ns + timing.overhead) + " of estimated delay, clock overhead included",
                    worst.where, hint);
    }
    throw Error("a clock of " + nanoseconds(options.clock_ns) + " cannot be met within " +
                    std::to_string(*options.latency_cycles) + " cycles: it takes " +
                    std::to_string(stages - most_stages(options) + *options.latency_cycles),
                "", hint);
}

} // namespace bitgrain::hw
