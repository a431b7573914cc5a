#include "data/csv_table.hpp"

#include "base/error.hpp"
#include "data/cell.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::data {

namespace {

std::string without_commas(std::string_view cell) {
    std::string text(cell);
    std::erase(text, ',');
    return text;
}

[[noreturn]] void refuse_cell(const CsvScanner& row, std::size_t column, const CsvLayout& layout,
                              const std::string& where) {
    const std::string_view cell = row.cells()[column];
    const std::string place = csv_place(where, row.line(), column, layout.name(column));
    if (is_missing(cell)) {
        throw Error(trimmed(cell).empty() ? "the cell is empty, a number is expected"
                                          : shown(cell) + " is not a number",
                    place, "fill in a value, or leave the row out");
    }
    if (parse_number(cell)) throw Error(shown(cell) + " is not a finite number", place);
    std::string advice;
    if (row.line() == 1 && !layout.has_header) advice = "if the first row is a header, say so: header \"yes\"";
    if (cell.find(',') != std::string_view::npos && parse_number(without_commas(cell)))
        advice = "write numbers with a decimal point, and without marks between the thousands";
    throw Error(shown(cell) + " is not a number", place, advice);
}

} // namespace

CsvTable read_csv_table(std::string_view text, const CsvLayout& layout, const CsvRoles& roles, char delimiter,
                        const std::string& where) {
    CsvTable table;
    CsvScanner row(text, delimiter, where);
    if (layout.has_header) row.next();
    // A cell takes at least a byte, so that no shape of the file asks for much more memory than the file itself.
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    table.features.reserve(std::min(lines * roles.features.size(), text.size() + 1));

    const auto number = [&](std::size_t column) {
        const auto value = parse_number(row.cells()[column]);
        if (!value || !std::isfinite(*value)) refuse_cell(row, column, layout, where);
        return *value;
    };
    while (row.next()) {
        check_width(row, layout, where);
        ++table.rows;
        for (const std::size_t column : roles.features) {
            const double value = number(column);
            if (table.integral && !is_integer(value)) table.integral = false;
            table.features.push_back(value);
        }
        for (const std::size_t column : roles.targets)
            table.targets.push_back(number(column));
        if (roles.weight) table.weights.push_back(number(*roles.weight));
        if (!roles.label) continue;
        const std::string_view label = trimmed(row.cells()[*roles.label]);
        if (label.empty()) {
            throw Error("the label is missing", csv_place(where, row.line(), *roles.label, layout.name(*roles.label)));
        }
        table.labels.add(label, row.line());
    }
    return table;
}

} // namespace bitgrain::data
