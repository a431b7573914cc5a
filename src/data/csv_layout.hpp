// The columns of a CSV file: how many, their names, and which one is meant by "width", "2" or "-1".
#pragma once

#include "data/csv_scanner.hpp"
#include "data/dataset.hpp"

namespace bitgrain::data {

struct CsvLayout {
    std::size_t columns = 0;
    bool has_header = false;
    std::vector<std::string> names; ///< trimmed; empty without a header
    /// What may be the delimiter of a file that has one column with the one that was given.
    std::optional<char> other_delimiter;
    /// Name of a column for errors; empty without a header.
    std::string name(std::size_t column) const { return has_header ? names[column] : std::string(); }
};

/// `asked` are the columns that the user named: when one of them stands in the first row, that row is a header.
/// Error when the file has no rows at all.
CsvLayout csv_layout(std::string_view text, Header header, char delimiter, const std::string& where,
                     const std::vector<std::string>& asked = {});

/// The column of that index (negative: from the end) or name. A text that is a whole number is always an index.
std::size_t find_column(const CsvLayout& layout, const std::string& asked, const std::string& where);

/// Error unless the scanner's row has as many cells as the layout has columns.
void check_width(const CsvScanner& row, const CsvLayout& layout, const std::string& where);

} // namespace bitgrain::data
