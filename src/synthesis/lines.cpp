#include "synthesis/lines.hpp"

#include <charconv>

namespace bitgrain::synthesis {

namespace {

std::vector<std::string_view> split(std::string_view text, std::string_view marks) {
    std::vector<std::string_view> parts;
    for (std::size_t start = 0;;) {
        const std::size_t end = text.find_first_of(marks, start);
        parts.push_back(text.substr(start, end - start));
        if (end == std::string_view::npos) return parts;
        start = end + 1;
    }
}

} // namespace

std::vector<std::string_view> lines(std::string_view text) {
    return split(text, "\n");
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r";
    const std::size_t from = text.find_first_not_of(blanks);
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(blanks) - from + 1);
}

std::vector<std::string_view> cells(std::string_view line, char bar) {
    line = trimmed(line);
    if (line.size() < 2 || line.front() != bar) return {};
    if (line.back() == bar) line.remove_suffix(1);
    std::vector<std::string_view> parts = split(line.substr(1), std::string_view(&bar, 1));
    for (std::string_view& part : parts)
        part = trimmed(part);
    return parts;
}

std::vector<std::string_view> words(std::string_view line) {
    std::vector<std::string_view> result;
    for (const std::string_view word : split(line, " \t\r")) {
        if (!word.empty()) result.push_back(word);
    }
    return result;
}

std::optional<double> number_at(std::string_view text) {
    std::string digits;
    for (const char c : trimmed(text)) {
        if (c == ',') continue;
        if ((c < '0' || c > '9') && c != '.' && c != '-' && c != '+') break;
        if (c != '+') digits += c;
    }
    double value = 0.0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
    return value;
}

std::optional<std::string_view> after(std::string_view text, std::string_view before) {
    const std::size_t at = text.find(before);
    if (at == std::string_view::npos) return std::nullopt;
    const std::size_t from = at + before.size();
    return trimmed(text.substr(from, text.find('\n', from) - from));
}

} // namespace bitgrain::synthesis
