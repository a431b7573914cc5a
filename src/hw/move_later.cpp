// Moves nodes later to save registers. A node whose readers are all in later stages is carried there in registers; when
// its operands are carried along anyway, or are narrower, computing it later is cheaper. Greedy from the outputs to the
// inputs, one node at a time, so every step keeps the clock and lessens the register bits; no optimum is claimed.
#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>
#include <limits>

namespace bitgrain::hw {

namespace {

constexpr double no_deadline = std::numeric_limits<double>::infinity();
constexpr int most_rounds = 8; ///< the gain of later rounds is small, and each must gain something to go on

class Mover {
  public:
    Mover(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget)
        : schedule_(schedule), timing_(timing), netlist_(netlist), budget_(budget),
          stages_(static_cast<std::size_t>(schedule.stages) + 1), reads_(netlist.nodes.size() * stages_, 0),
          readers_(netlist.nodes.size()), deadline_(netlist.nodes.size(), no_deadline),
          outputs_deadline_(netlist.nodes.size(), no_deadline) {
        for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
            if (!timing.live[i]) continue;
            for (const ir::NodeId operand : operands(static_cast<ir::NodeId>(i))) {
                readers_[operand].push_back(static_cast<ir::NodeId>(i));
                ++reads(operand, schedule.stage[i]);
            }
        }
        for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
            const ir::NodeId node = netlist.outputs[j].signal.node;
            if (!timing.live[node]) continue;
            ++reads(node, output_stage(schedule, netlist, j));
            if (timing.output[j] > 0.0) {
                outputs_deadline_[node] = std::min(outputs_deadline_[node], budget - timing.output[j]);
            }
        }
    }

    /// One round; true when something moved.
    bool run() {
        bool moved = false;
        for (std::size_t i = netlist_.nodes.size(); i-- > 0;) {
            if (!timing_.live[i]) continue;
            const auto node = static_cast<ir::NodeId>(i);
            if (netlist_.nodes[i].op != ir::Op::input) moved = move(node) || moved;
            deadline_[i] = deadline(node, schedule_.stage[i]);
        }
        return moved;
    }

  private:
    int& reads(ir::NodeId node, int stage) { return reads_[node * stages_ + static_cast<std::size_t>(stage)]; }

    /// Each operand that is not constant, once.
    std::vector<ir::NodeId> operands(ir::NodeId node) const {
        std::vector<ir::NodeId> result;
        for_each_read(netlist_, node, [&result](const ir::Signal& s) {
            if (std::find(result.begin(), result.end(), s.node) == result.end()) result.push_back(s.node);
        });
        return result;
    }

    int first_read(ir::NodeId node) {
        int stage = schedule_.stage[node];
        while (stage < schedule_.stages && reads(node, stage) == 0)
            ++stage;
        return stage;
    }
    int last_read(ir::NodeId node) {
        int stage = schedule_.stages;
        while (stage > schedule_.stage[node] && reads(node, stage) == 0)
            --stage;
        return stage;
    }

    /// Latest arrival of the node at its readers if it were in that stage, its readers where they are.
    double deadline(ir::NodeId node, int stage) const {
        double latest = timing_.wiring[node] ? no_deadline : budget_ + timing_.net[node];
        if (stage == schedule_.stages - 1) latest = std::min(latest, outputs_deadline_[node]);
        for (const ir::NodeId reader : readers_[node]) {
            if (schedule_.stage[reader] != stage) continue;
            latest = std::min(latest, timing_.wiring[reader]
                                          ? deadline_[reader]
                                          : deadline_[reader] - timing_.net[reader] - timing_.logic[reader]);
        }
        return latest;
    }

    /// Register bits gained (negative) or lost when the node moves from its stage to a later one.
    long change(ir::NodeId node, int to) {
        const int from = schedule_.stage[node];
        long bits = -static_cast<long>(to - from) * netlist_.nodes[node].interval.width();
        for (const ir::NodeId operand : operands(node)) {
            --reads(operand, from);
            const int others = last_read(operand);
            ++reads(operand, from);
            bits += static_cast<long>(std::max(others, to) - std::max(others, from)) *
                    netlist_.nodes[operand].interval.width();
        }
        return bits;
    }

    bool move(ir::NodeId node) {
        const int from = schedule_.stage[node];
        int limit = std::min(first_read(node), schedule_.stages - 1);
        for (const ir::NodeId reader : readers_[node])
            limit = std::min(limit, schedule_.stage[reader] - timing_.distance(netlist_, node, reader));
        long best = 0;
        int best_stage = from;
        for (int to = from + 1; to <= limit; ++to) {
            const double arrival = timing_.arrival(node, timing_.start(netlist_, schedule_, node, to));
            if (arrival > deadline(node, to)) continue;
            if (const long bits = change(node, to); bits < best) {
                best = bits;
                best_stage = to;
            }
        }
        if (best_stage == from) return false;
        for (const ir::NodeId operand : operands(node)) {
            --reads(operand, from);
            ++reads(operand, best_stage);
        }
        schedule_.stage[node] = best_stage;
        return true;
    }

    Schedule& schedule_;
    const Timing& timing_;
    const ir::Netlist& netlist_;
    double budget_;
    std::size_t stages_;     ///< stages and the output rank
    std::vector<int> reads_; ///< node x stage: readers of the node in that stage
    std::vector<std::vector<ir::NodeId>> readers_;
    std::vector<double> deadline_;         ///< latest arrival of each node in its stage
    std::vector<double> outputs_deadline_; ///< of nodes that are negated at an output, in the last stage
};

} // namespace

void move_later(Schedule& schedule, const Timing& timing, const ir::Netlist& netlist, double budget) {
    for (int round = 0; round < most_rounds; ++round) {
        if (!Mover(schedule, timing, netlist, budget).run()) return;
        measure(schedule, timing, netlist);
    }
}

} // namespace bitgrain::hw
