// Exact placement of registers: the stages of all nodes that need the fewest register bits.
//
// w bits of a value that are computed in stage s(v) and read for the last time in stage t(v) cost w (t(v) - s(v))
// register bits however many readers they have. So the total is linear in s and t, where t(v) >= s(r) for every reader
// r and s(r) >= s(v). A path that is too long for the clock must hold a register: s(v) >= s(u) + 1 for its first node u
// and its last one v. All are constraints on differences, so the program is the dual of a minimum-cost flow (Leiserson,
// Saxe 1991, "register minimisation under a clock constraint").
//
// There are far more paths than matter. The stages that a node can be in at all make most pairs true by themselves; the
// others are added where a solution breaks them, until none is broken. What is then the optimum of the pairs that were
// written down is the optimum of all.
#include "base/error.hpp"
#include "hw/bit_readers.hpp"
#include "hw/difference_program.hpp"
#include "hw/structure.hpp"
#include "hw/windows.hpp"

#include <algorithm>
#include <queue>

namespace bitgrain::hw {

namespace {

/// Networks of 100,000 adders stay below half of it and take about three seconds.
constexpr std::size_t most_differences = 2'000'000;

/// A stage: a variable of the program plus a constant, or a constant alone (variable 0). Always within first .. last.
struct Stage {
    std::uint32_t variable = 0;
    int offset = 0;
    int first = 0;
    int last = 0;
};

class FewestRegisters {
  public:
    FewestRegisters(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget,
                    int most_stages)
        : schedule_(schedule), timing_(timing), netlist_(netlist), budget_(budget), stage_(netlist.nodes.size()),
          expanded_(netlist.nodes.size() + netlist.outputs.size(), false), arrival_(netlist.nodes.size()),
          asked_(netlist.nodes.size(), 0) {
        cost_.push_back(0);
        const std::vector<int> latest = latest_stages(timing, netlist, budget, most_stages);
        last_ = variable(schedule.stages - 1, most_stages - 1);
        for (std::size_t i = 0; i < stage_.size(); ++i) {
            if (timing.live[i]) stage_[i] = variable(schedule.stage[i], latest[i]);
        }
        charge_registers();
        // The valid bit: one register per rank.
        charge(last_, stage_[0], 1);
    }

    /// False when the program grows too large.
    bool run() {
        do {
            if (differences_.size() > most_differences) return false;
            const std::vector<int> x = minimize(cost_, differences_);
            for (std::size_t i = 0; i < stage_.size(); ++i)
                schedule_.stage[i] = x[stage_[i].variable] + stage_[i].offset;
            schedule_.stages = x[last_.variable] + last_.offset + 1;
            measure(schedule_, timing_, netlist_);
        } while (add_broken());
        return true;
    }

  private:
    Stage variable(int first, int last) {
        CHECK(first <= last, "a node has no stage");
        if (first == last) return {0, first, first, last};
        const auto index = static_cast<std::uint32_t>(cost_.size());
        cost_.push_back(0);
        const Stage stage{index, 0, first, last};
        differences_.push_back({0, index, first});
        differences_.push_back({index, 0, -last});
        return stage;
    }

    /// to - from >= least
    void require(const Stage& from, const Stage& to, int least) {
        if (to.first - from.last >= least) return;
        CHECK(from.variable != to.variable, "a path has no room");
        differences_.push_back({from.variable, to.variable, least - to.offset + from.offset});
    }

    void charge(const Stage& to, const Stage& from, std::int64_t bits) {
        cost_[to.variable] += bits;
        cost_[from.variable] -= bits;
    }

    void charge_registers() {
        const std::size_t count = netlist_.nodes.size();
        std::vector<Stage> reads(stage_); // in which a node or an output reads
        reads.resize(count + netlist_.outputs.size());
        for (std::size_t i = 0; i < count; ++i) {
            if (!timing_.live[i]) continue;
            const auto id = static_cast<ir::NodeId>(i);
            for_each_read(netlist_, id, [&](const ir::Signal& s) {
                require(stage_[s.node], stage_[i], timing_.distance(netlist_, s.node, id));
            });
        }
        for (std::size_t j = 0; j < netlist_.outputs.size(); ++j) {
            const ir::NodeId node = netlist_.outputs[j].signal.node;
            if (!timing_.live[node]) continue;
            require(stage_[node], last_, 0);
            Stage read = last_;
            const int rank = output_stage(schedule_, netlist_, j) - (schedule_.stages - 1);
            read.offset += rank;
            read.first += rank;
            read.last += rank;
            reads[count + j] = read;
        }
        const std::vector<std::vector<BitGroup>> groups = bit_groups(netlist_);
        for (std::size_t i = 0; i < count; ++i) {
            for (const BitGroup& group : groups[i]) {
                std::vector<Stage> last;
                for (const std::uint32_t reader : group.readers)
                    last.push_back(reads[reader]);
                charge(latest(std::move(last)), stage_[i], group.bits);
            }
        }
    }

    /// The last of some stages: one of them, when that is known, or a variable that is no less than any.
    Stage latest(std::vector<Stage> stages) {
        CHECK(!stages.empty(), "a needed value that nothing reads");
        const auto by_first = [](const Stage& a, const Stage& b) { return a.first < b.first; };
        const Stage most = *std::max_element(stages.begin(), stages.end(), by_first);
        std::erase_if(stages, [&most](const Stage& s) { return s.last <= most.first; });
        const auto key = [](const Stage& s) { return std::pair(s.variable, s.offset); };
        std::sort(stages.begin(), stages.end(), [&key](const Stage& a, const Stage& b) { return key(a) < key(b); });
        stages.erase(std::unique(stages.begin(), stages.end(),
                                 [&key](const Stage& a, const Stage& b) { return key(a) == key(b); }),
                     stages.end());
        if (stages.empty()) return {0, most.first, most.first, most.first};
        if (stages.size() == 1 && most.variable == stages[0].variable) return stages[0];
        int last = 0;
        for (const Stage& s : stages)
            last = std::max(last, s.last);
        const Stage result = variable(most.first, last);
        for (const Stage& s : stages)
            require(s, result, 0);
        return result;
    }

    /// Constraints for the paths that end too late in the current solution; false when there are none.
    bool add_broken() {
        bool broken = false;
        for (std::size_t i = 0; i < netlist_.nodes.size(); ++i) {
            if (!timing_.live[i] || timing_.wiring[i] || netlist_.nodes[i].op == ir::Op::input) continue;
            const auto id = static_cast<ir::NodeId>(i);
            const double end = timing_.end(id, timing_.start(netlist_, schedule_, id, schedule_.stage[i]));
            if (end <= budget_ + tolerance_ns) continue;
            broken = true;
            CHECK(!expanded_[i], "a path without a register that must have one");
            expanded_[i] = true;
            expand(stage_[i], budget_ + tolerance_ns - timing_.logic[i], [&](const auto& visit) {
                for_each_read(netlist_, id, [&](const ir::Signal& s) { visit(s.node); });
            });
        }
        for (std::size_t j = 0; j < netlist_.outputs.size(); ++j) {
            if (timing_.output_end(netlist_, schedule_, j) <= budget_ + tolerance_ns) continue;
            broken = true;
            CHECK(!expanded_[netlist_.nodes.size() + j], "a path to an output without a register that must have one");
            expanded_[netlist_.nodes.size() + j] = true;
            expand(last_, budget_ + tolerance_ns - timing_.output[j],
                   [&](const auto& visit) { visit(netlist_.outputs[j].signal.node); });
        }
        return broken;
    }

    /// All pairs that end at a node whose operands must be there at `start`: from it backwards along the paths that may
    /// lie within one stage, to the first nodes that are too far away.
    template <class Operands>
    void expand(const Stage& end, double start, const Operands& operands) {
        const auto ask = [&](ir::NodeId node, double arrival) {
            if (netlist_.nodes[node].op == ir::Op::input || stage_[node].last < end.first) return;
            if (asked_[node] == call_) {
                arrival_[node] = std::min(arrival_[node], arrival);
                return;
            }
            asked_[node] = call_;
            arrival_[node] = arrival;
            waiting_.push(node);
        };
        ++call_;
        operands([&](ir::NodeId node) { ask(node, start); });
        while (!waiting_.empty()) {
            const ir::NodeId node = waiting_.top();
            waiting_.pop();
            const double arrival = arrival_[node];
            const double begin = timing_.wiring[node] ? arrival : arrival - timing_.net[node] - timing_.logic[node];
            if (timing_.first_start(netlist_, node) > begin) {
                require(stage_[node], end, 1);
                continue;
            }
            for_each_read(netlist_, node, [&](const ir::Signal& s) { ask(s.node, begin); });
        }
    }
    Schedule& schedule_;
    const Timing& timing_;
    const ir::Netlist& netlist_;
    double budget_;
    Stage last_;               ///< the last stage
    std::vector<Stage> stage_; ///< per node
    std::vector<bool> expanded_;
    std::vector<std::int64_t> cost_; ///< per variable
    std::vector<Difference> differences_;
    // Of expand(), kept from call to call.
    std::vector<double> arrival_;    ///< latest arrival that is asked of a node
    std::vector<std::size_t> asked_; ///< the call that asked
    std::size_t call_ = 0;
    std::priority_queue<ir::NodeId> waiting_;
};

} // namespace

bool fewest_registers(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget,
                      int most_stages) {
    Schedule result = schedule;
    if (!FewestRegisters(result, timing, netlist, budget, most_stages).run()) return false;
    schedule = std::move(result);
    return true;
}

} // namespace bitgrain::hw
