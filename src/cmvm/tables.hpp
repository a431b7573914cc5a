// Adder graphs whose narrow inputs may go through tables first. A table is one more input of a problem with fewer
// digits, so the same search shares and sums tables as it does inputs; several plans are tried and the cheapest graph
// wins, without tables included.
#pragma once

#include "cmvm/solve.hpp"

namespace bitgrain::cmvm {

/// As solve(); never more LUT bits than the graph without tables, within the same depth.
AdderGraph solve_with_tables(const Problem& problem, const Options& options);

} // namespace bitgrain::cmvm
