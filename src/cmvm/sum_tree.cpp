#include "cmvm/sum_tree.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstdlib>
#include <limits>

namespace bitgrain::cmvm {

namespace {

constexpr double blurs[] = {0.3, 0.6, 0.9, 1.2};

}

TreePlanner::Waiting TreePlanner::add_item(const SignedRange& value, int depth) {
    const Range& range = value.range;
    double magnitude = std::max(-range.lo, range.hi);
    if (random_ != nullptr) magnitude *= 1.0 + blur_ * random_->uniform();
    items_.push_back({value, depth, top(range), rule_->weight(depth), rule_->weight(depth + 1)});
    return {magnitude, static_cast<std::uint32_t>(items_.size() - 1), static_cast<std::int16_t>(range.lsb),
            static_cast<std::int16_t>(items_.back().top)};
}

bool TreePlanner::smaller(const Waiting& a, const Waiting& b) const {
    if (a.magnitude != b.magnitude) return a.magnitude < b.magnitude;
    const Item &x = items_[a.name], &y = items_[b.name];
    if (x.value.range.lsb != y.value.range.lsb) return x.value.range.lsb < y.value.range.lsb;
    if (x.depth != y.depth) return x.depth < y.depth;
    return a.name < b.name;
}

std::size_t TreePlanner::insert(const Waiting& waiting) {
    std::size_t place = order_.size();
    order_.push_back(waiting);
    for (; place > 0 && smaller(waiting, order_[place - 1]); --place)
        order_[place] = order_[place - 1];
    order_[place] = waiting;
    return place;
}

std::int64_t TreePlanner::room() const {
    return rule_->limited() ? limit_ - weight_ : std::numeric_limits<std::int64_t>::max();
}

Joined TreePlanner::joined(const Choice& choice) const {
    const auto value = [&](int k) -> const SignedRange& { return at(choice.in[k]).value; };
    return choice.operands == 2 ? join(value(0), value(1)) : join(value(0), value(1), value(2));
}

/// The tightest one; free, so it comes first. `newest`: only pairs with this item, the others are known to have none.
TreePlanner::Choice TreePlanner::concatenation(std::optional<std::size_t> newest) const {
    Choice best;
    int least_gap = 0, least_top = 0;
    const auto look = [&](std::size_t i, std::size_t j) {
        const int gap = order_[j].lsb - order_[i].top;
        if (gap < 0) return;
        const Item &low = at(i), &high = at(j);
        if (i == j || low.value.range.lo < 0 || low.value.negate != high.value.negate) return;
        if (best.operands != 0 && (gap > least_gap || (gap == least_gap && high.top >= least_top))) return;
        best = {{std::min(i, j), std::max(i, j), 0}, 2};
        least_gap = gap;
        least_top = high.top;
    };
    if (newest) {
        for (std::size_t i = 0; i < order_.size(); ++i)
            look(i, *newest);
        if (order_[*newest].top > highest_lsb_) return best;
        for (std::size_t j = 0; j < order_.size(); ++j)
            look(*newest, j);
        return best;
    }
    for (std::size_t i = 0; i < order_.size(); ++i) {
        if (order_[i].top > highest_lsb_ || at(i).value.range.lo < 0) continue;
        for (std::size_t j = 0; j < order_.size(); ++j)
            look(i, j);
    }
    return best;
}

/// The larger operand decides the top, so it is the smallest possible; of the others the one that wastes no depth.
/// What a pair adds to the weight depends on the two depths alone: one partner of each depth, the smallest, will do.
TreePlanner::Choice TreePlanner::smallest_pair() {
    const std::int64_t room_left = room();
    partners_.clear();
    for (std::size_t j = 0; j < order_.size(); ++j) {
        const Item& large = at(j);
        Choice best;
        int least_wait = 0;
        bool known = false;
        for (const std::size_t i : partners_) {
            const Item& small = at(i);
            known = known || small.depth == large.depth;
            const int wait = rule_->limited() ? std::abs(small.depth - large.depth) : 0;
            if ((best.operands != 0 && wait >= least_wait) || growth(small, large) > room_left) continue;
            best = {{i, j, 0}, 2};
            least_wait = wait;
        }
        if (best.operands != 0) return best;
        if (!known) partners_.push_back(j);
    }
    return {};
}

TreePlanner::Choice TreePlanner::smallest_triple() const {
    Choice best;
    int least = 0;
    const std::int64_t room_left = room();
    const std::size_t count = std::min(order_.size(), triple_window_);
    for (std::size_t k = 2; k < count; ++k) {
        for (std::size_t j = 1; j < k; ++j) {
            for (std::size_t i = 0; i < j; ++i) {
                const Item &x = at(i), &y = at(j), &z = at(k);
                if (std::max(growth(x, y), z.next_weight - x.weight - y.weight) - z.weight > room_left) continue;
                const Choice choice{{i, j, k}, 3};
                // Of the two coarser grids only the middle one shortens the chain: let them be alike.
                const int coarsest = std::max({x.value.range.lsb, y.value.range.lsb, z.value.range.lsb});
                const int cost = joined(choice).bits + coarsest;
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
    std::vector<std::size_t> order(order_.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return at(a).depth < at(b).depth; });
    // A third operand only when it does not have to be waited for: it may be needed at its own level.
    const bool third = rule_->operands() == 3 && order.size() > 2 && at(order[2]).depth <= at(order[1]).depth;
    Choice choice;
    choice.operands = third ? 3 : 2;
    for (int k = 0; k < choice.operands; ++k)
        choice.in[k] = order[static_cast<std::size_t>(k)];
    std::sort(choice.in, choice.in + choice.operands);
    return choice;
}

std::size_t TreePlanner::merge(const Choice& choice) {
    const Joined made = joined(choice);
    Merge merge;
    merge.operands = choice.operands;
    int depth = 0;
    for (int k = 0; k < choice.operands; ++k) {
        const Item& operand = at(choice.in[k]);
        merge.in[k] = order_[choice.in[k]].name;
        depth = std::max(depth, operand.depth);
        weight_ -= operand.weight;
    }
    merge.concatenation = made.concatenation;
    const Waiting result = add_item(made.value, made.concatenation ? depth : depth + 1);
    weight_ += items_.back().weight;
    tree_.merges.push_back(merge);
    if (!made.concatenation) {
        const SignedRange* operands[3] = {};
        for (int k = 0; k < choice.operands; ++k)
            operands[k] = &at(choice.in[k]).value;
        tree_.bits += adder_cost(made, {operands, static_cast<std::size_t>(choice.operands)}, costs_);
    }
    for (int k = choice.operands; k-- > 0;)
        order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(choice.in[k]));
    return insert(result);
}

const Tree& TreePlanner::plan(std::span<const TreeLeaf> leaves, int limit) {
    CHECK(!leaves.empty(), "a sum without terms");
    tree_.merges.clear();
    tree_.bits = 0;
    items_.clear();
    order_.clear();
    weight_ = 0;
    limit_ = rule_->weight(limit);
    bool unsigned_term = false;
    highest_lsb_ = leaves.front().value.range.lsb;
    for (const TreeLeaf& leaf : leaves) {
        order_.push_back(add_item(leaf.value, leaf.depth));
        weight_ += items_.back().weight;
        unsigned_term = unsigned_term || leaf.value.range.lo >= 0;
        highest_lsb_ = std::max(highest_lsb_, leaf.value.range.lsb);
    }
    std::sort(order_.begin(), order_.end(), [this](const Waiting& a, const Waiting& b) { return smaller(a, b); });
    std::optional<std::size_t> newest; // nothing but pairs with this one can be a concatenation
    while (order_.size() > 1) {
        Choice choice;
        if (unsigned_term) choice = concatenation(newest);
        if (choice.operands != 0) {
            merge(choice);
            newest.reset();
            continue;
        }
        // An even number of terms needs one two-operand adder: the cheapest place is the first, with the smallest.
        // Where a position costs as much as two, the third operand is for sums that are in a hurry.
        const bool possible = rule_->operands() == 3 && order_.size() > 2;
        const bool worth = order_.size() % 2 == 1 && costs_.triple_bit < 2 * costs_.adder_bit;
        if (possible && worth) choice = smallest_triple();
        if (choice.operands == 0) choice = smallest_pair();
        if (choice.operands == 0 && possible && !worth) choice = smallest_triple();
        newest = merge(choice.operands != 0 ? choice : earliest());
    }
    tree_.depth = items_[order_.front().name].depth;
    return tree_;
}

Tree TreePlanner::plan_best(std::span<const TreeLeaf> leaves, int limit, int more, std::uint64_t seed) {
    Tree best = plan(leaves, limit);
    if (leaves.size() <= static_cast<std::size_t>(rule_->operands())) return best;
    Random random(seed);
    random_ = &random;
    for (int k = 0; k < more; ++k) {
        blur_ = blurs[static_cast<std::size_t>(k) % std::size(blurs)];
        const Tree& other = plan(leaves, limit);
        if (other.bits < best.bits) best = other;
    }
    random_ = nullptr;
    return best;
}

} // namespace bitgrain::cmvm
