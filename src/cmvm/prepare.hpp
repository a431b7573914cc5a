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
    int limit = 0;      ///< set_limits(); 0 without limits
    bool alone = false; ///< shares nothing: see in_time.hpp
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
    std::optional<int> deepest; ///< largest limit of a column; none: no limits
};

/// Error when shapes disagree, an input is empty (lo > hi) or a number needs more than 62 bits.
Prepared prepare(const Problem& problem, int operands);

/// Limits of all columns; Error that states the least possible when one cannot be met.
void set_limits(Prepared& prepared, const Problem& problem, const Options& options);
/// Levels by which each output must be ready; none when nothing is limited.
std::vector<int> output_limits(const Prepared& prepared);
/// Can every output be ready by its limit in the problem?
bool can_meet_limits(const Problem& problem, int operands);

} // namespace bitgrain::cmvm
