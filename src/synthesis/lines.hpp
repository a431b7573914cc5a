// Picking numbers out of the text reports of vendor tools.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::synthesis {

std::vector<std::string_view> lines(std::string_view text);
std::string_view trimmed(std::string_view text);

/// Cells of a table row drawn with `bar`, "| CLB LUTs | 5804 |" or "; Total registers ; 567 ;", trimmed; empty when the
/// line is no such row.
std::vector<std::string_view> cells(std::string_view line, char bar);

/// Words between blanks.
std::vector<std::string_view> words(std::string_view line);

/// The number at the start of a text, thousands separated by commas or not: "1,234 / 41,910 ( 3 % )" is 1234.
std::optional<double> number_at(std::string_view text);

/// What follows the first occurrence of `before`, up to the end of its line, trimmed; none when it is not there.
std::optional<std::string_view> after(std::string_view text, std::string_view before);

} // namespace bitgrain::synthesis
