// The adders of one sum: which terms are added first. The sum of the chain starts (the coarser grids) does not depend
// on the order, so the bits are least when the tops of the partial sums are: merge what is smallest, as in a Huffman
// code, unless the depth rule forbids it; what does not overlap is concatenated for nothing.
#pragma once

#include "cmvm/depth_rule.hpp"
#include "cmvm/range.hpp"

#include <cstdint>
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
};

struct Tree {
    std::vector<Merge> merges; ///< the last one is the sum; empty for one leaf
    std::int64_t bits = 0;
    std::size_t adders = 0; ///< without concatenations
    int depth = 0;          ///< concatenations counted
};

/// Fits the limit when any tree does; else the least depth.
Tree plan_tree(std::span<const TreeLeaf> leaves, int limit, const DepthRule& rule);

} // namespace bitgrain::cmvm
