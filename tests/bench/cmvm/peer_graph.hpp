// Graphs of other solvers, counted by the counter that counts ours: adders that reach an output, LUT bits, depth, and
// LUT bits after the best possible fusion of pairs into adders with three operands. Every graph is proved first.
#pragma once

#include "base/json.hpp"
#include "cmvm/solve.hpp"

namespace bitgrain::cmvm::bench {

/// {"adds": [[node, shift, negate, node, shift, negate], ...], "outputs": [[node, shift, negate] or null, ...]}: node
/// i < rows is input i, the adds follow in order. InternalError when it is not the product.
AdderGraph read_graph(const Json& json, const Problem& problem);

/// Puts a child that nobody else uses into its parent, where that pays: a maximum matching of the forest of such
/// children, by dynamic programming.
AdderGraph fuse(const AdderGraph& graph, const Problem& problem);

/// Fills in what the rows of results have, from "graph": adders_live, depth, lut_bits_binary, lut_bits_ternary_fused.
void count_graph(Json& row, const Problem& problem);

} // namespace bitgrain::cmvm::bench
