// The system's sums as a graph: a tree of adders per signal, with exact intervals, equal values made once.
#pragma once

#include "cmvm/prepare.hpp"
#include "cmvm/solve.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

AdderGraph build_graph(const System& system, const Prepared& prepared, std::size_t inputs);

} // namespace bitgrain::cmvm
