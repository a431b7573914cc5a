#include "cmvm/tree_swaps.hpp"

#include <algorithm>
#include <utility>

namespace bitgrain::cmvm {

namespace {

bool same(const SignedRange& a, const SignedRange& b) {
    return a.negate == b.negate && a.range.lo == b.range.lo && a.range.hi == b.range.hi && a.range.lsb == b.range.lsb;
}

} // namespace

void TreeSwaps::read(const Tree& tree, std::span<const TreeLeaf> leaves) {
    nodes_.assign(leaves.size() + tree.merges.size(), {});
    for (std::size_t i = 0; i < leaves.size(); ++i) {
        nodes_[i].value = leaves[i].value;
        nodes_[i].depth = leaves[i].depth;
    }
    for (std::size_t i = 0; i < tree.merges.size(); ++i) {
        const auto id = static_cast<std::uint32_t>(leaves.size() + i);
        const Merge& merge = tree.merges[i];
        nodes_[id].operands = merge.operands;
        for (int k = 0; k < merge.operands; ++k) {
            nodes_[id].in[k] = static_cast<std::uint32_t>(merge.in[k]);
            nodes_[merge.in[k]].parent = id;
        }
        recompute(id);
    }
    walk();
}

void TreeSwaps::walk() {
    order_.assign(1, root());
    for (std::size_t i = 0; i < order_.size(); ++i) {
        const Node& node = nodes_[order_[i]];
        for (int k = 0; k < node.operands; ++k) {
            nodes_[node.in[k]].level = node.level + 1;
            nodes_[node.in[k]].adders = node.adders + (node.concatenation ? 0 : 1);
            order_.push_back(node.in[k]);
        }
    }
}

std::optional<std::uint32_t> TreeSwaps::meeting(std::uint32_t a, std::uint32_t b) const {
    std::uint32_t p = a, q = b;
    while (nodes_[p].level > nodes_[q].level)
        p = nodes_[p].parent;
    while (nodes_[q].level > nodes_[p].level)
        q = nodes_[q].parent;
    if (p == q) return std::nullopt;
    while (p != q) {
        p = nodes_[p].parent;
        q = nodes_[q].parent;
    }
    return p;
}

void TreeSwaps::exchange(std::uint32_t a, std::uint32_t b) {
    Node &above_a = nodes_[nodes_[a].parent], &above_b = nodes_[nodes_[b].parent];
    std::uint32_t* place_a = std::find(above_a.in, above_a.in + above_a.operands, a);
    std::uint32_t* place_b = std::find(above_b.in, above_b.in + above_b.operands, b);
    std::swap(*place_a, *place_b);
    std::swap(nodes_[a].parent, nodes_[b].parent);
}

int TreeSwaps::recompute(std::uint32_t id) {
    Node& node = nodes_[id];
    const Node *a = &nodes_[node.in[0]], *b = &nodes_[node.in[1]], *c = &nodes_[node.in[2]];
    const bool pair = node.operands == 2;
    const Joined made = pair ? join(a->value, b->value) : join(a->value, b->value, c->value);
    const int before = node.cost;
    const SignedRange* operands[] = {&a->value, &b->value, &c->value};
    node.cost = made.concatenation ? 0 : adder_cost(made, {operands, static_cast<std::size_t>(node.operands)}, costs_);
    node.value = made.value;
    node.concatenation = made.concatenation;
    node.depth = std::max({a->depth, b->depth, pair ? 0 : c->depth}) + (made.concatenation ? 0 : 1);
    return node.cost - before;
}

bool TreeSwaps::try_exchange(std::uint32_t a, std::uint32_t b, int most) {
    const Node &x = nodes_[a], &y = nodes_[b];
    if (x.parent == y.parent || x.depth + y.adders > most || y.depth + x.adders > most) return false;
    if (x.depth == y.depth && same(x.value, y.value)) return false;
    const std::optional<std::uint32_t> meet = meeting(a, b);
    if (!meet) return false;
    changed_.clear();
    int change = 0;
    const auto update = [&](std::uint32_t id) {
        const Node& node = nodes_[id];
        changed_.push_back({id, node.value, node.depth, node.cost, node.concatenation});
        change += recompute(id);
    };
    exchange(a, b);
    for (const std::uint32_t from : {a, b}) {
        for (std::uint32_t id = nodes_[from].parent; id != *meet; id = nodes_[id].parent)
            update(id);
    }
    update(*meet);
    // Where they meet the sum is the same: of what is above only the sense or the depth can change.
    for (std::uint32_t id = *meet; change < 0 && id != root();) {
        const Changed& before = changed_.back();
        if (before.depth == nodes_[id].depth && same(before.value, nodes_[id].value)) break;
        id = nodes_[id].parent;
        update(id);
    }
    if (change < 0 && nodes_[root()].depth <= most) return true;
    for (const Changed& before : changed_) {
        Node& node = nodes_[before.id];
        node.value = before.value;
        node.depth = before.depth;
        node.cost = before.cost;
        node.concatenation = before.concatenation;
    }
    exchange(a, b);
    return false;
}

void TreeSwaps::improve(Tree& tree, std::span<const TreeLeaf> leaves, int most) {
    if (tree.merges.size() < 2) return;
    read(tree, leaves);
    most = std::max(most, nodes_.back().depth);
    const std::uint32_t count = root();
    bool better = false;
    std::uint32_t settled = 0; // nodes in a row, up to this one, that tried all others since the last change
    for (std::uint32_t a = 0; settled < count; a = (a + 1) % count) {
        ++settled;
        for (std::uint32_t b = 0; b < count; ++b) {
            if ((a + count - b) % count < settled || !try_exchange(a, b, most)) continue;
            walk();
            better = true;
            settled = 0;
        }
    }
    if (better) write(tree);
}

void TreeSwaps::write(Tree& tree) const {
    std::vector<std::size_t> names(nodes_.size());
    const std::size_t leaves = nodes_.size() - tree.merges.size();
    for (std::size_t i = 0; i < leaves; ++i)
        names[i] = i;
    tree.merges.clear();
    tree.bits = 0;
    for (auto id = order_.rbegin(); id != order_.rend(); ++id) {
        const Node& node = nodes_[*id];
        if (node.operands == 0) continue;
        names[*id] = leaves + tree.merges.size();
        Merge merge;
        merge.operands = node.operands;
        merge.concatenation = node.concatenation;
        for (int k = 0; k < node.operands; ++k)
            merge.in[k] = names[node.in[k]];
        tree.merges.push_back(merge);
        tree.bits += node.cost;
    }
    tree.depth = nodes_.back().depth;
}

} // namespace bitgrain::cmvm
