// The adders of one sum: which terms are added first. The sum of the chain starts (the coarser grids) does not depend
// on the order, so the bits are least when the tops of the partial sums are: merge what is smallest, as in a Huffman
// code, unless the depth rule forbids it; what does not overlap is concatenated for nothing.
#pragma once

#include "base/random.hpp"
#include "cmvm/adder_cost.hpp"
#include "cmvm/depth_rule.hpp"
#include "cmvm/range.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace bitgrain::cmvm {

struct TreeLeaf {
    SignedRange value;
    int depth = 0;
};

/// Operands are leaves 0 .. n-1 or earlier merges n, n+1, ...
struct Merge {
    int operands = 2;
    std::size_t in[3] = {0, 0, 0};
    bool concatenation = false; ///< wires: takes no level, so it must not become an adder
};

struct Tree {
    std::vector<Merge> merges; ///< the last one is the sum; empty for one leaf
    std::int64_t bits = 0;
    int depth = 0;
};

/// Plans one sum after the other; keeps its buffers.
class TreePlanner {
  public:
    /// `triple_window`: three-operand adders are looked for among this many of the smallest terms.
    TreePlanner(const DepthRule& rule, const LutCosts& costs, std::size_t triple_window)
        : rule_(&rule), costs_(costs), triple_window_(triple_window) {}

    /// Fits the limit when any tree does; else the least depth. Valid until the next call.
    const Tree& plan(std::span<const TreeLeaf> leaves, int limit);
    /// The cheapest of so many trees more, which take what is smallest with sizes blurred. The same seed, the same
    /// tree.
    Tree plan_best(std::span<const TreeLeaf> leaves, int limit, int more, std::uint64_t seed);

  private:
    /// A leaf or a merge, at its name in items_.
    struct Item {
        SignedRange value;
        int depth = 0;
        int top = 0;
        std::int64_t weight = 0;
        std::int64_t next_weight = 0; ///< one level later
    };
    struct Choice {
        std::size_t in[3] = {0, 0, 0}; ///< places in order_, rising
        int operands = 0;              ///< 0: none
    };

    /// An item still to be merged; what nearly always decides is here so that sorting and looking for concatenations
    /// stay in one place.
    struct Waiting {
        double magnitude = 0.0;
        std::uint32_t name = 0;
        std::int16_t lsb = 0, top = 0;
    };

    const Item& at(std::size_t place) const { return items_[order_[place].name]; }
    Waiting add_item(const SignedRange& value, int depth);
    bool smaller(const Waiting& a, const Waiting& b) const;
    /// Returns its place.
    std::size_t insert(const Waiting& waiting);
    /// The weight that may be added.
    std::int64_t room() const;
    static std::int64_t growth(const Item& a, const Item& b) {
        return std::max(a.next_weight, b.next_weight) - a.weight - b.weight;
    }
    Choice concatenation(std::optional<std::size_t> newest) const;
    Choice smallest_pair();
    Choice smallest_triple() const;
    Choice earliest() const;
    Joined joined(const Choice& choice) const;
    /// Returns the place of the result.
    std::size_t merge(const Choice& choice);

    const DepthRule* rule_;
    LutCosts costs_;
    std::size_t triple_window_;
    std::vector<Item> items_;           ///< by name
    std::vector<Waiting> order_;        ///< smallest first
    int highest_lsb_ = 0;               ///< no item still to be merged has a higher one
    std::vector<std::size_t> partners_; ///< of smallest_pair(): the first place of each depth
    std::int64_t weight_ = 0, limit_ = 0;
    Random* random_ = nullptr; ///< blurs sizes
    double blur_ = 0.0;        ///< sizes are up to 1 + blur times too large
    Tree tree_;
};

} // namespace bitgrain::cmvm
