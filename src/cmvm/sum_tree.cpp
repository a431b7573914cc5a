#include "cmvm/sum_tree.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <limits>

namespace bitgrain::cmvm {

namespace {

/// Pairs are looked for among this many of the smallest items.
constexpr std::size_t window = 8;

struct Item {
    SignedRange value;
    int depth = 0;
    int top = 0;
    std::size_t name = 0; ///< leaf or merge
};

bool smaller(const Item& a, const Item& b) {
    const double ma = std::max(-a.value.range.lo, a.value.range.hi), mb = std::max(-b.value.range.lo, b.value.range.hi);
    if (ma != mb) return ma < mb;
    if (a.value.range.lsb != b.value.range.lsb) return a.value.range.lsb < b.value.range.lsb;
    if (a.depth != b.depth) return a.depth < b.depth;
    return a.name < b.name;
}

struct Best {
    Joined joined;
    std::size_t in[3] = {0, 0, 0};
    int operands = 0; ///< 0: none
    double cost = std::numeric_limits<double>::infinity();
};

class Planner {
  public:
    Planner(std::span<const TreeLeaf> leaves, int limit, const DepthRule& rule) : rule_(rule), names_(leaves.size()) {
        items_.reserve(leaves.size());
        for (std::size_t i = 0; i < leaves.size(); ++i) {
            items_.push_back({leaves[i].value, leaves[i].depth, top(leaves[i].value.range), i});
            weight_ += rule.weight(leaves[i].depth);
        }
        std::sort(items_.begin(), items_.end(), smaller);
        limit_ = rule.weight(limit);
    }

    Tree run() {
        while (items_.size() > 1) {
            Best best = best_pair(std::min(items_.size(), window));
            if (rule_.operands() == 3 && items_.size() > 2 && !best.joined.concatenation) best = better_triple(best);
            if (best.operands == 0) best = best_pair(items_.size());
            if (best.operands == 0 && rule_.operands() == 3) best = better_triple(best);
            if (best.operands == 0) best = earliest();
            merge(best);
        }
        tree_.depth = items_.front().depth;
        return std::move(tree_);
    }

  private:
    bool fits(int depth, std::int64_t removed) const {
        return !rule_.limited() || weight_ - removed + rule_.weight(depth + 1) <= limit_;
    }

    Best best_pair(std::size_t count) const {
        Best best;
        for (std::size_t j = 1; j < count; ++j) {
            for (std::size_t i = 0; i < j; ++i) {
                const Item &a = items_[i], &b = items_[j];
                if (!fits(std::max(a.depth, b.depth), rule_.weight(a.depth) + rule_.weight(b.depth))) continue;
                const Joined joined = join(a.value, b.value);
                const double cost = joined.concatenation ? -1000.0 + top(joined.value.range) : top(joined.value.range);
                if (cost < best.cost) best = {joined, {i, j, 0}, 2, cost};
            }
        }
        return best;
    }

    /// The triple of smallest items that fits, when it costs less than adding its operands one after the other.
    Best better_triple(const Best& pair) const {
        Best best = pair;
        double least = std::numeric_limits<double>::infinity();
        const std::size_t count = std::min<std::size_t>(items_.size(), window);
        // An even number of terms needs one two-operand adder: the cheapest place is the first, with the smallest.
        if (items_.size() % 2 == 0 && pair.operands == 2) return best;
        for (std::size_t k = 2; k < count; ++k) {
            for (std::size_t j = 1; j < k; ++j) {
                for (std::size_t i = 0; i < j; ++i) {
                    const Item &a = items_[i], &b = items_[j], &c = items_[k];
                    const std::int64_t removed = rule_.weight(a.depth) + rule_.weight(b.depth) + rule_.weight(c.depth);
                    if (!fits(std::max({a.depth, b.depth, c.depth}), removed)) continue;
                    const Joined joined = join(a.value, b.value, c.value);
                    const double cost = top(joined.value.range) + 0.01 * joined.bits;
                    if (cost >= least) continue;
                    least = cost;
                    best = {joined, {i, j, k}, 3, cost};
                }
            }
        }
        return best;
    }

    /// The terms that are ready first: attains the least depth.
    Best earliest() const {
        std::vector<std::size_t> order(items_.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return items_[a].depth < items_[b].depth; });
        // A third operand only when it does not have to be waited for: it may be needed at its own level.
        Best best;
        best.operands =
            rule_.operands() == 3 && order.size() > 2 && items_[order[2]].depth <= items_[order[1]].depth ? 3 : 2;
        for (int k = 0; k < best.operands; ++k)
            best.in[k] = order[static_cast<std::size_t>(k)];
        const auto value = [&](int k) { return items_[best.in[k]].value; };
        best.joined = best.operands == 2 ? join(value(0), value(1)) : join(value(0), value(1), value(2));
        return best;
    }

    void merge(const Best& best) {
        Merge merge;
        merge.operands = best.operands;
        Item made{best.joined.value, 0, top(best.joined.value.range), names_++};
        std::vector<std::size_t> gone(best.in, best.in + best.operands);
        for (int k = 0; k < best.operands; ++k) {
            const Item& item = items_[best.in[k]];
            merge.in[k] = item.name;
            made.depth = std::max(made.depth, item.depth);
            weight_ -= rule_.weight(item.depth);
        }
        made.depth += 1;
        weight_ += rule_.weight(made.depth);
        tree_.merges.push_back(merge);
        tree_.bits += best.joined.bits;
        if (!best.joined.concatenation) ++tree_.adders;
        std::sort(gone.begin(), gone.end());
        for (std::size_t k = gone.size(); k-- > 0;)
            items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(gone[k]));
        items_.insert(std::upper_bound(items_.begin(), items_.end(), made, smaller), made);
    }

    const DepthRule& rule_;
    std::vector<Item> items_; ///< smallest first
    std::size_t names_;
    std::int64_t weight_ = 0, limit_ = 0;
    Tree tree_;
};

} // namespace

Tree plan_tree(std::span<const TreeLeaf> leaves, int limit, const DepthRule& rule) {
    CHECK(!leaves.empty(), "a sum without terms");
    return Planner(leaves, limit, rule).run();
}

} // namespace bitgrain::cmvm
