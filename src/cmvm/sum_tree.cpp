#include "cmvm/sum_tree.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

bool TreePlanner::smaller(const Item& a, const Item& b) {
    if (a.magnitude != b.magnitude) return a.magnitude < b.magnitude;
    if (a.value.range.lsb != b.value.range.lsb) return a.value.range.lsb < b.value.range.lsb;
    if (a.depth != b.depth) return a.depth < b.depth;
    return a.name < b.name;
}

bool TreePlanner::fits(int deepest, std::int64_t removed) const {
    return !rule_->limited() || weight_ - removed + rule_->weight(deepest + 1) <= limit_;
}

std::int64_t TreePlanner::weight_of(const Choice& choice) const {
    std::int64_t weight = 0;
    for (int k = 0; k < choice.operands; ++k)
        weight += rule_->weight(items_[choice.in[k]].depth);
    return weight;
}

Joined TreePlanner::joined(const Choice& choice) const {
    const auto value = [&](int k) -> const SignedRange& { return items_[choice.in[k]].value; };
    return choice.operands == 2 ? join(value(0), value(1)) : join(value(0), value(1), value(2));
}

/// The tightest one; free, so it comes first. `newest`: only pairs with this item, the others are known to have none.
TreePlanner::Choice TreePlanner::concatenation(std::optional<std::size_t> newest) const {
    Choice best;
    int least_gap = 0, least_top = 0;
    const auto look = [&](std::size_t i, std::size_t j) {
        const Item &low = items_[i], &high = items_[j];
        const int gap = high.value.range.lsb - low.top;
        if (gap < 0 || i == j || low.value.range.lo < 0 || low.value.negate != high.value.negate) return;
        if (best.operands != 0 && (gap > least_gap || (gap == least_gap && high.top >= least_top))) return;
        if (!fits(std::max(low.depth, high.depth), rule_->weight(low.depth) + rule_->weight(high.depth))) return;
        best = {{std::min(i, j), std::max(i, j), 0}, 2};
        least_gap = gap;
        least_top = high.top;
    };
    if (newest) {
        for (std::size_t i = 0; i < items_.size(); ++i)
            look(i, *newest);
        for (std::size_t j = 0; j < items_.size(); ++j)
            look(*newest, j);
        return best;
    }
    for (std::size_t i = 0; i < items_.size(); ++i) {
        if (items_[i].value.range.lo < 0) continue;
        for (std::size_t j = 0; j < items_.size(); ++j)
            look(i, j);
    }
    return best;
}

/// The larger operand decides the top, so it is the smallest possible; of the others the one that wastes no depth.
TreePlanner::Choice TreePlanner::smallest_pair() const {
    for (std::size_t j = 1; j < items_.size(); ++j) {
        Choice best;
        int least_wait = 0;
        for (std::size_t i = 0; i < j; ++i) {
            const int a = items_[i].depth, b = items_[j].depth;
            const int wait = rule_->limited() ? std::max(a, b) - std::min(a, b) : 0;
            if (best.operands != 0 && wait >= least_wait) continue;
            if (!fits(std::max(a, b), rule_->weight(a) + rule_->weight(b))) continue;
            best = {{i, j, 0}, 2};
            least_wait = wait;
        }
        if (best.operands != 0) return best;
    }
    return {};
}

TreePlanner::Choice TreePlanner::smallest_triple() const {
    Choice best;
    int least = 0;
    const std::size_t count = std::min(items_.size(), triple_window_);
    for (std::size_t k = 2; k < count; ++k) {
        for (std::size_t j = 1; j < k; ++j) {
            for (std::size_t i = 0; i < j; ++i) {
                const Choice choice{{i, j, k}, 3};
                if (!fits(std::max({items_[i].depth, items_[j].depth, items_[k].depth}), weight_of(choice))) continue;
                // Of the two coarser grids only the middle one shortens the chain: let them be alike.
                const int a = items_[i].value.range.lsb, b = items_[j].value.range.lsb, c = items_[k].value.range.lsb;
                const int cost = joined(choice).bits + std::max({a, b, c});
                if (best.operands != 0 && cost >= least) continue;
                best = choice;
                least = cost;
            }
        }
    }
    return best;
}

/// The terms that are ready first: attains the least depth.
TreePlanner::Choice TreePlanner::earliest() const {
    std::vector<std::size_t> order(items_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return items_[a].depth < items_[b].depth; });
    // A third operand only when it does not have to be waited for: it may be needed at its own level.
    const bool third = rule_->operands() == 3 && order.size() > 2 && items_[order[2]].depth <= items_[order[1]].depth;
    Choice choice;
    choice.operands = third ? 3 : 2;
    for (int k = 0; k < choice.operands; ++k)
        choice.in[k] = order[static_cast<std::size_t>(k)];
    std::sort(choice.in, choice.in + choice.operands);
    return choice;
}

std::size_t TreePlanner::merge(const Choice& choice) {
    const Joined made = joined(choice);
    const Range& range = made.value.range;
    Merge merge;
    merge.operands = choice.operands;
    Item item{made.value, std::max(-range.lo, range.hi), 0, top(range), names_++};
    weight_ -= weight_of(choice);
    for (int k = 0; k < choice.operands; ++k) {
        const Item& operand = items_[choice.in[k]];
        merge.in[k] = operand.name;
        item.depth = std::max(item.depth, operand.depth);
    }
    item.depth += 1;
    weight_ += rule_->weight(item.depth);
    tree_.merges.push_back(merge);
    tree_.bits += made.bits;
    for (int k = choice.operands; k-- > 0;)
        items_.erase(items_.begin() + static_cast<std::ptrdiff_t>(choice.in[k]));
    const auto at = items_.insert(std::upper_bound(items_.begin(), items_.end(), item, smaller), item);
    return static_cast<std::size_t>(at - items_.begin());
}

const Tree& TreePlanner::plan(std::span<const TreeLeaf> leaves, int limit) {
    CHECK(!leaves.empty(), "a sum without terms");
    tree_.merges.clear();
    tree_.bits = 0;
    items_.clear();
    weight_ = 0;
    limit_ = rule_->weight(limit);
    bool unsigned_term = false;
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        const Range& range = leaves[i].value.range;
        items_.push_back({leaves[i].value, std::max(-range.lo, range.hi), leaves[i].depth, top(range), i});
        weight_ += rule_->weight(leaves[i].depth);
        unsigned_term = unsigned_term || range.lo >= 0;
    }
    names_ = leaves.size();
    std::sort(items_.begin(), items_.end(), smaller);
    std::optional<std::size_t> newest; // nothing but pairs with this one can be a concatenation
    while (items_.size() > 1) {
        Choice choice;
        if (unsigned_term) choice = concatenation(newest);
        if (choice.operands != 0) {
            merge(choice);
            newest.reset();
            continue;
        }
        choice = smallest_pair();
        // An even number of terms needs one two-operand adder: the cheapest place is the first, with the smallest.
        if (rule_->operands() == 3 && items_.size() > 2 && (items_.size() % 2 == 1 || choice.operands == 0)) {
            const Choice three = smallest_triple();
            if (three.operands != 0) choice = three;
        }
        newest = merge(choice.operands != 0 ? choice : earliest());
    }
    tree_.depth = items_.front().depth;
    return tree_;
}

} // namespace bitgrain::cmvm
