#include "data/csv_layout.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "data/cell.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

namespace bitgrain::data {

namespace {

/// The rule of Header::automatic. A word for a missing value does not make a header: the row would be lost unseen.
bool looks_like_header(CsvScanner& scanner) {
    std::vector<std::size_t> candidates;
    for (std::size_t column = 0; column < scanner.cells().size(); ++column) {
        const std::string_view cell = scanner.cells()[column];
        if (!parse_number(cell) && !is_missing(cell)) candidates.push_back(column);
    }
    bool has_other_rows = false;
    while (!candidates.empty() && scanner.next()) {
        has_other_rows = true;
        std::erase_if(candidates, [&](std::size_t column) {
            if (column >= scanner.cells().size()) return true;
            const std::string_view cell = scanner.cells()[column];
            return !parse_number(cell) && !trimmed(cell).empty();
        });
    }
    return has_other_rows && !candidates.empty();
}

std::optional<std::int64_t> whole_number(const std::string& text) {
    std::int64_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, code] = std::from_chars(text.data(), end, value);
    if (code != std::errc() || stop != end) return std::nullopt;
    return value;
}

} // namespace

CsvLayout csv_layout(std::string_view text, Header header, char delimiter, const std::string& where,
                     const std::vector<std::string>& asked) {
    CsvScanner scanner(text, delimiter, where);
    if (!scanner.next()) throw Error("the file is empty", where);
    std::vector<std::string> first;
    for (const std::string_view cell : scanner.cells())
        first.emplace_back(trimmed(cell));
    const auto stands_in_first_row = [&](const std::string& name) {
        return !whole_number(name) && std::find(first.begin(), first.end(), name) != first.end();
    };
    CsvLayout layout;
    layout.columns = first.size();
    layout.has_header = header == Header::yes;
    if (header == Header::automatic) {
        layout.has_header = std::any_of(asked.begin(), asked.end(), stands_in_first_row) || looks_like_header(scanner);
    }
    if (layout.columns == 1 && !first[0].starts_with('#')) {
        if (const std::size_t at = first[0].find_first_of(";\t,| "); at != std::string::npos)
            layout.other_delimiter = first[0][at];
    }
    if (layout.has_header) layout.names = std::move(first);
    return layout;
}

std::size_t find_column(const CsvLayout& layout, const std::string& asked, const std::string& where) {
    const auto columns = static_cast<std::int64_t>(layout.columns);
    if (const auto index = whole_number(asked)) {
        if (*index < -columns || *index >= columns) {
            throw Error("there is no column " + asked + ": the file has " + std::to_string(columns), where,
                        "columns count from 0, and from -1 at the end");
        }
        return static_cast<std::size_t>(*index < 0 ? *index + columns : *index);
    }
    if (!layout.has_header) {
        throw Error("column " + shown(asked) + " is asked for by name, but the file has no header", where,
                    "name it by its number, or say that the first row is a header");
    }
    const auto found = std::find(layout.names.begin(), layout.names.end(), asked);
    if (found == layout.names.end()) {
        throw Error("there is no column " + shown(asked), where, suggestion(asked, layout.names));
    }
    if (std::find(found + 1, layout.names.end(), asked) != layout.names.end()) {
        throw Error("several columns are called " + shown(asked), where, "name it by its number");
    }
    return static_cast<std::size_t>(found - layout.names.begin());
}

void check_width(const CsvScanner& row, const CsvLayout& layout, const std::string& where) {
    if (row.cells().size() == layout.columns) return;
    throw Error("the row has " + std::to_string(row.cells().size()) + " cells but the first row has " +
                    std::to_string(layout.columns),
                where + ": line " + std::to_string(row.line()));
}

} // namespace bitgrain::data
