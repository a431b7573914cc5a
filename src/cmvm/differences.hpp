// Columns written from other columns: y_j = +-y_i + a sparse rest. A minimum spanning tree over the distinct columns
// with the digits of the difference as length (numerical difference method, Aksoy et al. 2012; the tree as in da4ml,
// arXiv 2507.04535). The result is only another way to write the same system: sharing goes on over all of it together.
#pragma once

#include "cmvm/prepare.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace bitgrain::cmvm {

/// How a column is written: from `parent` (negated or not) plus `rest`, or from nothing.
struct Derivation {
    std::size_t column = 0;
    std::optional<std::size_t> parent;
    bool negate = false;
    LinearForm rest;
};

struct Derivations {
    std::vector<Derivation> order; ///< parents first, every column once
    std::size_t terms = 0;         ///< digits and parents of all sums
    std::size_t plain_terms = 0;   ///< digits without any parent
};

/// Terms of a sum, nothing shared: one per signed digit, one per constant.
std::size_t term_count(const LinearForm& form, const Prepared& prepared);

/// Every derived column can still be ready by its limit.
Derivations derive_columns(const Prepared& prepared, int operands);

} // namespace bitgrain::cmvm
