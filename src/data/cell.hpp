// One cell of a table of text: is it a number, and how is it shown in an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace bitgrain::data {

/// Every integer up to this magnitude is a double: 2^53.
inline constexpr double largest_exact = 9007199254740992.0;

/// An integer that a double holds exactly together with all smaller ones.
bool is_integer(double value);

/// Without blanks and tabs at both ends.
std::string_view trimmed(std::string_view cell);

/// The decimal number that the whole trimmed cell is; "nan", "inf" and what overflows give the non-finite value,
/// what underflows gives 0.
std::optional<double> parse_number(std::string_view cell);

/// Empty, or one of the usual words for "no value here": NA, N/A, null, none, ?, -.
bool is_missing(std::string_view cell);

/// The cell in quotes, shortened, without control characters.
std::string shown(std::string_view cell);

} // namespace bitgrain::data
