// The system's sums as a graph: a tree of adders per signal, with exact intervals, equal values made once.
#pragma once

#include "cmvm/prepare.hpp"
#include "cmvm/solve.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

/// For the tree of each sum.
struct TreeEffort {
    int more = 0;                   ///< trees to plan beyond the first
    std::size_t most_exchanged = 0; ///< terms of a sum whose tree is improved by exchanges
    std::size_t triple_window = 10; ///< of TreePlanner
};

AdderGraph build_graph(const System& system, const Prepared& prepared, std::size_t inputs, const TreeEffort& effort);

} // namespace bitgrain::cmvm
