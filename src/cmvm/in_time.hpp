// A limit in time instead of levels: wide adders take longer than narrow ones. The search counts levels, so a graph
// that is late somewhere is solved again with fewer levels for the late outputs; an output that is late at its least
// depth is made alone, as in the fastest known graph, which is the last resort.
#pragma once

#include "cmvm/solve.hpp"

namespace bitgrain::cmvm {

/// As solve(); no output later than the slowest one of the fastest known graph plus delay_slack. Error when that is
/// negative.
AdderGraph solve_in_time(const Problem& problem, const Options& options);

} // namespace bitgrain::cmvm
