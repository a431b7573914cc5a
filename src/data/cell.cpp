#include "data/cell.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace bitgrain::data {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool is_integer(double value) {
    return std::abs(value) <= largest_exact && std::trunc(value) == value;
}

std::string_view trimmed(std::string_view cell) {
    while (!cell.empty() && is_blank(cell.front()))
        cell.remove_prefix(1);
    while (!cell.empty() && is_blank(cell.back()))
        cell.remove_suffix(1);
    return cell;
}

std::optional<double> parse_number(std::string_view cell) {
    cell = trimmed(cell);
    // Most cells of most tables are short integers.
    if (!cell.empty() && cell.size() <= 9) {
        int value = 0;
        std::size_t i = 0;
        while (i < cell.size() && cell[i] >= '0' && cell[i] <= '9')
            value = 10 * value + (cell[i++] - '0');
        if (i == cell.size()) return value;
    }
    if (cell.starts_with('+') && !cell.starts_with("+-")) cell.remove_prefix(1);
    double value = 0;
    const auto [end, code] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
    if (code == std::errc::invalid_argument || end != cell.data() + cell.size()) return std::nullopt;
    // from_chars does not say whether the number was too large or too small: strtod gives infinity or 0.
    if (code == std::errc::result_out_of_range) return std::strtod(std::string(cell).c_str(), nullptr);
    return value;
}

bool is_missing(std::string_view cell) {
    static constexpr std::array<std::string_view, 7> words = {"", "na", "n/a", "null", "none", "?", "-"};
    std::string word(trimmed(cell));
    std::transform(word.begin(), word.end(), word.begin(), lower);
    return std::find(words.begin(), words.end(), word) != words.end();
}

std::string shown(std::string_view cell) {
    const std::size_t most = 40;
    std::string text(cell.substr(0, most));
    for (char& c : text) {
        if (static_cast<unsigned char>(c) < ' ' || c == '\x7f') c = '?';
    }
    return "'" + text + (cell.size() > most ? "..." : "") + "'";
}

} // namespace bitgrain::data
