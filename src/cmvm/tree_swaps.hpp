// Makes the tree of one sum cheaper: two of its terms or partial sums change places wherever that saves bits and no
// depth is exceeded, until no exchange helps. Single plans (sum_tree.hpp) are 1 to 2 % above what this finds.
#pragma once

#include "cmvm/sum_tree.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::cmvm {

/// Improves one tree after the other; keeps its buffers.
class TreeSwaps {
  public:
    explicit TreeSwaps(const LutCosts& costs) : costs_(costs) {}

    /// `tree` of `leaves` becomes one without a cheaper neighbour, no deeper than `most` levels or than it was.
    void improve(Tree& tree, std::span<const TreeLeaf> leaves, int most);

  private:
    struct Node {
        SignedRange value;
        int depth = 0;
        int cost = 0;
        int operands = 0; ///< 0: a leaf
        std::uint32_t in[3] = {0, 0, 0};
        std::uint32_t parent = 0;
        int level = 0;  ///< steps between it and the whole sum
        int adders = 0; ///< of these
        bool concatenation = false;
    };
    /// A node as it was.
    struct Changed {
        std::uint32_t id = 0;
        SignedRange value;
        int depth = 0, cost = 0;
        bool concatenation = false;
    };

    void read(const Tree& tree, std::span<const TreeLeaf> leaves);
    void write(Tree& tree) const;
    /// Finds levels and order again.
    void walk();
    /// The sum that both are part of; none when one is part of the other.
    std::optional<std::uint32_t> meeting(std::uint32_t a, std::uint32_t b) const;
    void exchange(std::uint32_t a, std::uint32_t b);
    /// The node from its operands; what its adder costs more than before.
    int recompute(std::uint32_t id);
    /// False, and nothing changed, when that is no better.
    bool try_exchange(std::uint32_t a, std::uint32_t b, int most);
    std::uint32_t root() const { return static_cast<std::uint32_t>(nodes_.size() - 1); }

    LutCosts costs_;
    std::vector<Node> nodes_;          ///< leaves, then sums; the last one is the whole
    std::vector<std::uint32_t> order_; ///< sums before their operands
    std::vector<Changed> changed_;
};

} // namespace bitgrain::cmvm
