// Where rounding to nearest is free. Rounding at fraction f is adding half a step, 2^(-f-1), and truncating; when the
// operand comes from an affine, the half joins the affine's constant and costs nothing.
//
// A wire w' may stand for a wire w whose readers all round it at f when TRN(w') = RND(w). That holds for
//   w' = w + 2^(-f-1)                     (an affine with the half in its constant), and
//   w' = w, when w is on the grid of f    (nothing to round).
// It is kept by max: RND and TRN are monotone, so they commute with max, and RND(0) = TRN(0) = 0, so relu and the
// constant zero keep it, too; gathers only copy. It is not kept by sums (two halves), products and tables. What a cast
// does after rounding (wrap or saturate) sees the same number either way.
#pragma once

#include "model/model.hpp"

#include <optional>
#include <vector>

namespace bitgrain::lower {

struct Roundings {
    /// Per step that is an affine: fraction at which the readers of each output round, when the half is to be folded
    /// in.
    std::vector<std::vector<std::optional<int>>> half;
    /// Per step that is a cast: true for the elements that only have to truncate, because the half is in their operand.
    std::vector<std::vector<bool>> folded;
};

/// Looks ahead from every affine to all its readers. The model must be valid.
Roundings plan_roundings(const model::Model& model);

} // namespace bitgrain::lower
