// From the caller's problem to the system the search works on: checks, constants folded into the offset, dead inputs
// dropped, common powers of two and signs moved to the outputs, equal columns made one.
#pragma once

#include "cmvm/linear_form.hpp"
#include "cmvm/solve.hpp"

#include <optional>
#include <vector>

namespace bitgrain::cmvm {

/// One distinct column: odd common factor, first factor positive. Sources: inputs, then constants.
struct Column {
    LinearForm form;
    int least_depth = 0;
};

struct PreparedOutput {
    bool zero = true;
    std::size_t column = 0;
    int shift = 0; ///< of the real value against the sum of factor * source
    bool negate = false;
};

struct Prepared {
    std::vector<fx::Interval> sources; ///< the inputs, then positive odd constants
    std::vector<int> arrival;
    std::vector<Column> columns;
    std::vector<PreparedOutput> outputs;
    int least_depth = 0;        ///< of the slowest output, nothing shared
    int least_binary_depth = 0; ///< the same with adders of two operands
};

/// Error when shapes disagree, an input is empty (lo > hi) or a number needs more than 62 bits.
Prepared prepare(const Problem& problem, int operands);

/// Limit for every output; Error that states the least possible when it cannot be met.
std::optional<int> depth_limit(const Prepared& prepared, const Options& options);

} // namespace bitgrain::cmvm
