// The nearest of some known names to what the user typed, for "did you mean".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace bitgrain {

/// Least edit distance (insertions, deletions, substitutions, swaps of neighbours; an abbreviation counts as
/// one); none when nothing is close.
std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known);

/// "did you mean 'x'?" or, when nothing is close, "known: a, b, c".
std::string suggestion(std::string_view typed, std::span<const std::string> known);

} // namespace bitgrain
