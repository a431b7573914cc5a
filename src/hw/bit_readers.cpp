// Walked from the outputs to the inputs; a bit that is only handed on gives its readers to the value it comes from.
#include "hw/bit_readers.hpp"

#include "hw/structure.hpp"

#include <algorithm>

namespace bitgrain::hw {

namespace {

using Readers = std::vector<std::uint32_t>;

class Walk {
  public:
    explicit Walk(const ir::Netlist& netlist) : netlist_(netlist), readers_(netlist.nodes.size()) {
        for (std::size_t i = 0; i < readers_.size(); ++i)
            readers_[i].resize(static_cast<std::size_t>(std::max(netlist.nodes[i].interval.width(), 0)));
    }

    std::vector<std::vector<BitGroup>> run() {
        const std::size_t count = netlist_.nodes.size();
        for (std::size_t j = 0; j < netlist_.outputs.size(); ++j) {
            const Operand value = operand(netlist_, netlist_.outputs[j].signal);
            read(value, value.lsb, value.msb(), static_cast<std::uint32_t>(count + j));
        }
        std::vector<std::vector<BitGroup>> groups(count);
        for (std::size_t i = count; i-- > 0;) {
            const auto id = static_cast<ir::NodeId>(i);
            if (is_constant(netlist_, id)) continue;
            for (Readers& bit : readers_[i]) {
                std::sort(bit.begin(), bit.end());
                bit.erase(std::unique(bit.begin(), bit.end()), bit.end());
            }
            walk(id);
            groups[i] = grouped(readers_[i]);
            readers_[i].clear();
        }
        return groups;
    }

  private:
    static std::vector<BitGroup> grouped(const std::vector<Readers>& bits) {
        std::vector<BitGroup> groups;
        for (const Readers& bit : bits) {
            if (bit.empty()) continue;
            const auto same =
                std::find_if(groups.begin(), groups.end(), [&](const BitGroup& g) { return g.readers == bit; });
            if (same == groups.end()) {
                groups.push_back({1, bit});
            } else {
                ++same->bits;
            }
        }
        return groups;
    }

    Readers* bit_at(const Operand& value, int position) {
        if (value.is_constant || position < value.lsb || !value.reaches(position)) return nullptr;
        return &readers_[value.node][static_cast<std::size_t>(std::min(position, value.msb()) - value.lsb)];
    }

    /// Positions from .. to of an operand are read by someone.
    void read(const Operand& value, int from, int to, std::uint32_t reader) {
        for (int p = std::max(from, value.lsb); p <= std::min(to, value.msb()); ++p) {
            if (Readers* bit = bit_at(value, p); bit != nullptr && (bit->empty() || bit->back() != reader))
                bit->push_back(reader);
        }
        if (to > value.msb() && from <= to) {
            if (Readers* sign = bit_at(value, to); sign != nullptr && (sign->empty() || sign->back() != reader))
                sign->push_back(reader);
        }
    }
    void read_all(const Operand& value, std::uint32_t reader) { read(value, value.lsb, value.msb(), reader); }

    /// Positions from .. to of the result are the operand's: its bits take over the readers.
    void hand_on(ir::NodeId id, const Operand& value, int from, int to) {
        std::vector<Readers>& own = readers_[id];
        const int lsb = -netlist_.nodes[id].interval.fraction;
        for (int p = std::max(from, lsb); p <= std::min(to, lsb + static_cast<int>(own.size()) - 1); ++p) {
            Readers& mine = own[static_cast<std::size_t>(p - lsb)];
            if (Readers* bit = bit_at(value, p)) bit->insert(bit->end(), mine.begin(), mine.end());
            mine.clear();
        }
    }

    void walk(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        const int lsb = -node.interval.fraction;
        const auto first_unread =
            std::find_if(readers_[id].rbegin(), readers_[id].rend(), [](const Readers& r) { return !r.empty(); });
        const int top = lsb + static_cast<int>(first_unread.base() - readers_[id].begin()) - 1;
        if (top < lsb) return; // nobody reads it
        switch (node.op) {
        case ir::Op::input:
        case ir::Op::constant:
            break;
        case ir::Op::add: {
            const AddStructure add = add_structure(netlist_, id);
            for (int k = 0; k < add.count; ++k) {
                const Operand& term = add.operands[static_cast<std::size_t>(k)];
                if (k == add.low) hand_on(id, term, lsb, add.chain_lsb - 1);
                if (!term.reaches(add.chain_lsb)) continue;
                if (add.chain) {
                    read(term, add.chain_lsb, top, id);
                } else {
                    hand_on(id, term, add.chain_lsb, top);
                }
            }
            break;
        }
        case ir::Op::cast: {
            const CastStructure cast = cast_structure(netlist_, id);
            if (is_wiring(netlist_, id)) {
                hand_on(id, cast.operand, lsb, top);
            } else if (cast.negate || cast.convergent) {
                read_all(cast.operand, id);
            } else {
                read(cast.operand, cast.lsb - (cast.round ? 1 : 0), cast.operand.msb(), id);
            }
            break;
        }
        case ir::Op::select: {
            const Operand sign = operand(netlist_, node.in[0]);
            read(sign, sign.negate ? sign.lsb : sign.msb(), sign.msb(), id);
            for (const std::size_t k : {1, 2}) {
                const Operand branch = operand(netlist_, node.in[k]);
                if (branch.negate) {
                    read(branch, branch.lsb, top, id);
                    continue;
                }
                for (int p = lsb; p <= top; ++p) {
                    if (!readers_[id][static_cast<std::size_t>(p - lsb)].empty()) read(branch, p, p, id);
                }
            }
            break;
        }
        case ir::Op::table:
        case ir::Op::mul:
            for (std::size_t k = 0; k < node.operands; ++k)
                read_all(operand(netlist_, node.in[k]), id);
            break;
        }
    }

    const ir::Netlist& netlist_;
    std::vector<std::vector<Readers>> readers_; ///< per node and bit
};

} // namespace

std::vector<std::vector<BitGroup>> bit_groups(const ir::Netlist& netlist) {
    return Walk(netlist).run();
}

} // namespace bitgrain::hw
