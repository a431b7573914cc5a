// (a + b) + c as one three-operand add, where the fabric has them. The adder-graph solver chooses its own; this is for
// the sums between matrices and for the half of a rounding that found no constant to join. Between the two adds may be
// a cast that only drops low bits: floor(s) + c = floor(s + c) for a c on the coarser grid.
#include "fx/arithmetic.hpp"
#include "opt/cost.hpp"
#include "opt/passes.hpp"
#include "opt/rebuilder.hpp"

#include <optional>

namespace bitgrain::opt {

namespace {

class Fuser {
  public:
    explicit Fuser(const ir::Netlist& netlist)
        : netlist_(netlist), uses_(uses(netlist)), fused_(netlist.nodes.size(), false), rebuilder_(netlist) {}

    ir::Netlist run() {
        for (ir::NodeId i = 1; i < netlist_.nodes.size(); ++i) {
            const auto fused = fuse(i);
            fused_[i] = fused.has_value();
            rebuilder_.set(i, fused ? *fused : rebuilder_.copy(i));
        }
        return rebuilder_.finish();
    }

  private:
    struct Inner {
        ir::NodeId add = 0;
        std::optional<int> floor; ///< fraction of the cast between
    };

    /// The better of the two operands to take in, when that costs less than two adds.
    std::optional<ir::Signal> fuse(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        if (!is_pair(node)) return std::nullopt;
        rebuilder_.use_origin(id);
        std::optional<ir::Signal> best;
        std::int64_t best_gain = 0;
        for (const std::size_t k : {0, 1}) {
            const auto inner = inner_of(node, k);
            if (!inner) continue;
            const ir::Signal sum = sum_of_three(node, k, *inner);
            if (inner->floor && sum.negate) continue; // flooring would need the negated sum
            const ir::Node& made = rebuilder_.builder().netlist().nodes[sum.node];
            const std::int64_t gain = logic_bits(netlist_, node) + logic_bits(netlist_, netlist_.nodes[inner->add]) -
                                      logic_bits(rebuilder_.builder().netlist(), made);
            if (gain <= best_gain) continue;
            best_gain = gain;
            best = inner->floor ? floor(sum, *inner->floor) : sum;
        }
        return best;
    }

    bool is_pair(const ir::Node& node) const {
        return node.op == ir::Op::add && node.operands == 2 && logic_bits(netlist_, node) > 0;
    }
    bool is_private(ir::NodeId id) const { return uses_[id].size() == 1; }

    /// A sum of two that only operand k of `node` reads, as it is or through a floor.
    std::optional<Inner> inner_of(const ir::Node& node, std::size_t k) const {
        const ir::Signal& edge = node.in[k];
        if (!is_private(edge.node)) return std::nullopt;
        const ir::Node& source = netlist_.nodes[edge.node];
        if (is_pair(source) && !fused_[edge.node]) return Inner{edge.node, std::nullopt};
        if (source.op != ir::Op::cast || edge.negate || source.in[0].negate) return std::nullopt;
        const ir::NodeId below = source.in[0].node;
        if (!is_pair(netlist_.nodes[below]) || fused_[below] || !is_private(below)) return std::nullopt;
        const fx::Cast& cast = netlist_.casts[source.payload];
        const fx::Interval in = netlist_.nodes[below].interval;
        const bool only_drops =
            cast.round == fx::Round::trn && fx::cast(in, {floor_format(in, cast.format.fraction), fx::Round::trn,
                                                          fx::Overflow::wrap}) == source.interval;
        const int other_grid = ir::interval(netlist_, node.in[1 - k]).fraction;
        const int grid = cast.format.fraction - edge.shift;
        if (!only_drops || other_grid > grid) return std::nullopt;
        return Inner{below, grid};
    }

    static fx::Format floor_format(const fx::Interval& of, int fraction) {
        return {true, fx::format_of(of).integer, fraction};
    }

    ir::Signal floor(const ir::Signal& sum, int fraction) {
        const fx::Format format = floor_format(rebuilder_.builder().interval(sum), fraction);
        return rebuilder_.builder().cast(sum, {format, fx::Round::trn, fx::Overflow::wrap});
    }

    ir::Signal sum_of_three(const ir::Node& outer, std::size_t k, const Inner& inner) {
        const ir::Node& add = netlist_.nodes[inner.add];
        // The way from the inner add to the outer one: the edges' shifts and signs; a cast between has none.
        const ir::Signal way = outer.in[k];
        const auto along = [&way, this](const ir::Signal& operand) {
            const ir::Signal moved = ir::Builder::shift(rebuilder_.edge(operand), way.shift);
            return way.negate ? ir::Builder::negate(moved) : moved;
        };
        const ir::Signal other = rebuilder_.edge(outer.in[1 - k]);
        fx::Interval known = outer.interval;
        if (inner.floor) {
            const fx::Interval below = ir::interval(netlist_, {inner.add, way.shift, way.negate});
            known = fx::add(below, ir::interval(netlist_, outer.in[1 - k]));
        }
        return rebuilder_.builder().add(along(add.in[0]), along(add.in[1]), other, known);
    }

    const ir::Netlist& netlist_;
    std::vector<std::vector<Use>> uses_;
    std::vector<bool> fused_; ///< per old node: it has become a sum of three
    Rebuilder rebuilder_;
};

} // namespace

ir::Netlist fuse(const ir::Netlist& netlist) {
    return Fuser(netlist).run();
}

} // namespace bitgrain::opt
