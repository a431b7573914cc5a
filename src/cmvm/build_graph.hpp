// The system's sums as a graph: a tree of adders per signal, with exact intervals, equal values made once.
#pragma once

#include "cmvm/prepare.hpp"
#include "cmvm/solve.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

/// `trees`: so many more trees are planned for each sum.
AdderGraph build_graph(const System& system, const Prepared& prepared, std::size_t inputs, int trees);

} // namespace bitgrain::cmvm
