// a - b and b - a cost the same, but a reader that is no add pays for a minus sign on its edge. Subtractions whose
// readers want the negative more than the positive are turned round. What a min or max with zero (a select that only
// knows its sign signal) makes of a turned signal is turned too, so its readers count.
#include "opt/passes.hpp"
#include "opt/rebuilder.hpp"

#include <algorithm>

namespace bitgrain::opt {

namespace {

class Orienter {
  public:
    explicit Orienter(const ir::Netlist& netlist)
        : netlist_(netlist), uses_(uses(netlist)), nodes_(netlist.nodes), outputs_(netlist.outputs),
          turned_(netlist.nodes.size(), false), rebuilder_(netlist) {}

    ir::Netlist run() {
        // Readers first: a decision never changes what was decided for a reader.
        for (std::size_t i = nodes_.size(); i-- > 1;) {
            if (!subtracts(nodes_[i]) || gain(i) <= 0 || !may_flip_uses(i)) continue;
            turned_[i] = true;
            for (std::size_t k = 0; k < nodes_[i].operands; ++k)
                flip(nodes_[i].in[k]);
            flip_uses(i);
        }
        for (ir::NodeId i = 1; i < nodes_.size(); ++i)
            rebuilder_.set(i, turned_[i] ? turn(i) : rebuilder_.copy(i));
        return rebuilder_.finish();
    }

  private:
    static void flip(ir::Signal& signal) { signal.negate = !signal.negate; }

    static bool subtracts(const ir::Node& node) {
        return node.op == ir::Op::add && std::any_of(node.in.begin(), node.in.begin() + node.operands,
                                                     [](const ir::Signal& in) { return in.negate; });
    }

    /// A select that turns with its sign signal: each branch is zero or a multiple of it, none on opposite sides.
    static bool turns_with_sign(const ir::Node& select) {
        const ir::Signal &sign = select.in[0], &a = select.in[1], &b = select.in[2];
        const auto multiple = [&sign](const ir::Signal& s) { return s.node == 0 || s.node == sign.node; };
        return multiple(a) && multiple(b) && (a.node == 0 || b.node == 0 || a.negate == b.negate);
    }

    /// The uses of a node that a turn of it would flip: those by its readers, or by the readers of a reader that turns.
    template <class Visit>
    void visit_uses(std::size_t id, const Visit& visit) const {
        const std::vector<Use>& all = uses_[id];
        for (std::size_t u = 0; u < all.size(); ++u) {
            const std::size_t reader = all[u].reader;
            if (reader < nodes_.size() && nodes_[reader].op == ir::Op::select && nodes_[reader].in[0].node == id &&
                turns_with_sign(nodes_[reader])) {
                if (all[u].slot == 0) visit_uses(reader, visit); // its other slots read the same node
                continue;
            }
            visit(all[u]);
        }
    }

    /// Width times (negations saved minus negations made) over all readers that pay for one.
    std::int64_t gain(std::size_t id) const {
        std::int64_t result = 0;
        visit_uses(id, [&](const Use& use) {
            const bool is_output = use.reader >= nodes_.size();
            const bool pays =
                is_output || nodes_[use.reader].op == ir::Op::cast || nodes_[use.reader].op == ir::Op::select;
            if (!pays) return;
            const ir::Signal& signal =
                is_output ? outputs_[use.reader - nodes_.size()].signal : nodes_[use.reader].in[use.slot];
            const int width = nodes_[signal.node].interval.width();
            result += signal.negate ? width : -width;
        });
        return result;
    }

    /// False when an add would lose its last positive operand (its own result would turn against what was decided).
    bool may_flip_uses(std::size_t id) const {
        std::vector<std::pair<std::size_t, std::size_t>> flips; // reader, slot
        visit_uses(id, [&](const Use& use) {
            if (use.reader < nodes_.size() && nodes_[use.reader].op == ir::Op::add)
                flips.emplace_back(use.reader, use.slot);
        });
        return std::all_of(flips.begin(), flips.end(), [&](const auto& flipped) {
            const ir::Node& add = nodes_[flipped.first];
            for (std::size_t k = 0; k < add.operands; ++k) {
                const bool is_flipped =
                    std::find(flips.begin(), flips.end(), std::pair(flipped.first, k)) != flips.end();
                if (add.in[k].negate == is_flipped) return true;
            }
            return false;
        });
    }

    void flip_uses(std::size_t id) {
        visit_uses(id, [&](const Use& use) {
            flip(use.reader < nodes_.size() ? nodes_[use.reader].in[use.slot]
                                            : outputs_[use.reader - nodes_.size()].signal);
        });
    }

    /// The negative of the add, in that sense. The rebuilder knows the old signs, so operands are negated here.
    ir::Signal turn(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        rebuilder_.use_origin(id);
        const auto operand = [&](std::size_t k) { return ir::Builder::negate(rebuilder_.edge(node.in[k])); };
        const fx::Interval known = ir::interval(netlist_, {id, 0, true});
        ir::Builder& builder = rebuilder_.builder();
        const ir::Signal negative = node.operands == 2 ? builder.add(operand(0), operand(1), known)
                                                       : builder.add(operand(0), operand(1), operand(2), known);
        return ir::Builder::negate(negative);
    }

    const ir::Netlist& netlist_;
    std::vector<std::vector<Use>> uses_;
    std::vector<ir::Node> nodes_;     ///< signs as they will be
    std::vector<ir::Output> outputs_; ///< likewise
    std::vector<bool> turned_;
    Rebuilder rebuilder_;
};

} // namespace

ir::Netlist orient(const ir::Netlist& netlist) {
    return Orienter(netlist).run();
}

} // namespace bitgrain::opt
