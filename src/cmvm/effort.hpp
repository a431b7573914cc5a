// How hard to try: from a prepared problem to the best system the effort finds.
#pragma once

#include "cmvm/build_graph.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/solve.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

/// Entries of a matrix below which even a fast solution tries more than one pass and one plan.
constexpr std::size_t small_matrix = 1000;

/// For each sum of the final graph.
TreeEffort tree_effort(Effort effort);

/// fast: one pass of sharing; a short search where the matrix is small, or has levels to spare and many terms. normal:
/// a search of one and a half times the work of the pass or more. high: annealing on all cores until the time is up or
/// nothing gets better.
System find_system(const Prepared& prepared, const Options& options);

} // namespace bitgrain::cmvm
