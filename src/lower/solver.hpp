// The adder-graph solver with a memory: per-particle layers and unrolled convolutions ask the same question many times.
#pragma once

#include "cmvm/solve.hpp"

#include <map>
#include <string>

namespace bitgrain::lower {

class Solver {
  public:
    explicit Solver(const cmvm::Options& options) : options_(options) {}

    /// The reference holds until the solver goes.
    const cmvm::AdderGraph& solve(const cmvm::Problem& problem);

    /// Problems that were really solved.
    std::size_t solved() const { return known_.size(); }

  private:
    cmvm::Options options_;
    std::map<std::string, cmvm::AdderGraph> known_; ///< by all that a problem is made of
};

} // namespace bitgrain::lower
