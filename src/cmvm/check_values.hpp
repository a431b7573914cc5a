// Evaluates a finished graph on chosen inputs and compares with the definition, one multiplication per weight: the
// second opinion beside prove(), which reasons about factors and never runs the graph.
#pragma once

#include "cmvm/solve.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace bitgrain::cmvm {

/// Inputs: all lowest, all highest, the two extremes of every output, and `vectors` random ones. The first difference,
/// none when all agree; InternalError when the graph cannot be evaluated.
std::optional<std::string> find_difference(const AdderGraph& graph, const Problem& problem, std::uint64_t seed,
                                           int vectors = 16);

} // namespace bitgrain::cmvm
