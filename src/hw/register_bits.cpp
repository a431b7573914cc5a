// Which bits of a value are read when. Walked from the outputs to the inputs; a wire hands its readers on to the value
// whose bits it picks.
#include "hw/area.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"

#include <algorithm>

namespace bitgrain::hw {

namespace {

constexpr int never = -1;

class Readers {
  public:
    Readers(const Schedule& schedule, const ir::Netlist& netlist) : schedule_(schedule), netlist_(netlist) {
        last_.resize(netlist.nodes.size());
        for (std::size_t i = 0; i < netlist.nodes.size(); ++i)
            last_[i].assign(static_cast<std::size_t>(std::max(netlist.nodes[i].interval.width(), 0)), never);
        for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
            const Operand value = operand(netlist, netlist.outputs[j].signal);
            read(value, value.lsb, value.msb(), output_stage(schedule, netlist, j));
        }
        for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
            if (is_read(i) && !is_constant(netlist, static_cast<ir::NodeId>(i))) walk(static_cast<ir::NodeId>(i));
        }
    }

    bool is_read(std::size_t node) const { return first_read(node) < last_[node].size(); }
    const std::vector<int>& last(std::size_t node) const { return last_[node]; }

  private:
    std::size_t first_read(std::size_t node) const {
        const auto at = std::find_if(last_[node].begin(), last_[node].end(), [](int s) { return s != never; });
        return static_cast<std::size_t>(at - last_[node].begin());
    }

    /// Positions from .. to of an operand are read in `stage`.
    void read(const Operand& value, int from, int to, int stage) {
        if (value.is_constant || value.width <= 0) return;
        std::vector<int>& last = last_[value.node];
        for (int p = std::max(from, value.lsb); p <= to && value.reaches(p); ++p) {
            int& bit = last[static_cast<std::size_t>(std::min(p, value.msb()) - value.lsb)];
            bit = std::max(bit, stage);
        }
    }
    void read_all(const Operand& value, int stage) { read(value, value.lsb, value.msb(), stage); }

    void walk(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        const int lsb = -node.interval.fraction, stage = schedule_.stage[id];
        const std::vector<int>& own = last_[id];
        const bool wires = is_wiring(netlist_, id);
        // Position p of a result that takes it as it is: a wire's readers are the operand's.
        const auto copy = [&](const Operand& value, int from, int to) {
            for (int p = std::max(from, lsb); p <= std::min(to, lsb + static_cast<int>(own.size()) - 1); ++p) {
                const int when = own[static_cast<std::size_t>(p - lsb)];
                if (when != never) read(value, p, p, wires ? when : stage);
            }
        };
        const int top =
            lsb +
            static_cast<int>(std::find_if(own.rbegin(), own.rend(), [](int s) { return s != never; }).base() -
                             own.begin()) -
            1;
        switch (node.op) {
        case ir::Op::input:
        case ir::Op::constant:
            break;
        case ir::Op::add: {
            const AddStructure add = add_structure(netlist_, id);
            if (add.low >= 0) copy(add.operands[static_cast<std::size_t>(add.low)], lsb, add.chain_lsb - 1);
            for (int k = 0; k < add.count; ++k) {
                const Operand& term = add.operands[static_cast<std::size_t>(k)];
                if (!term.reaches(add.chain_lsb)) continue;
                if (add.chain) {
                    read(term, add.chain_lsb, top, stage);
                } else {
                    copy(term, add.chain_lsb, top);
                }
            }
            break;
        }
        case ir::Op::cast: {
            const CastStructure cast = cast_structure(netlist_, id);
            if (wires) {
                copy(cast.operand, lsb, top);
            } else if (cast.negate || cast.convergent) {
                read_all(cast.operand, stage);
            } else {
                read(cast.operand, cast.lsb - (cast.round ? 1 : 0), cast.operand.msb(), stage);
            }
            break;
        }
        case ir::Op::select: {
            const Operand sign = operand(netlist_, node.in[0]);
            read(sign, sign.negate ? sign.lsb : sign.msb(), sign.msb(), stage);
            for (const std::size_t k : {1, 2}) {
                const Operand branch = operand(netlist_, node.in[k]);
                if (branch.negate) {
                    read(branch, branch.lsb, top, stage);
                } else {
                    copy(branch, lsb, top);
                }
            }
            break;
        }
        case ir::Op::table:
        case ir::Op::mul:
            for (std::size_t k = 0; k < node.operands; ++k)
                read_all(operand(netlist_, node.in[k]), stage);
            break;
        }
    }

    const Schedule& schedule_;
    const ir::Netlist& netlist_;
    std::vector<std::vector<int>> last_; // per node and bit: the last stage in which it is read
};

} // namespace

std::vector<long> register_bits(const Schedule& schedule, const ir::Netlist& netlist) {
    const Readers readers(schedule, netlist);
    std::vector<long> bits(netlist.nodes.size(), 0);
    for (std::size_t i = 0; i < bits.size(); ++i) {
        const auto id = static_cast<ir::NodeId>(i);
        if (is_constant(netlist, id) || is_wiring(netlist, id)) continue;
        const int input_rank = netlist.nodes[i].op == ir::Op::input && schedule.input_registers ? 1 : 0;
        for (const int last : readers.last(i)) {
            if (last != never) bits[i] += last - schedule.stage[i] + input_rank;
        }
    }
    return bits;
}

} // namespace bitgrain::hw
