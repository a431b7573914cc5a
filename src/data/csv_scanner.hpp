// Splits the text of a CSV file into rows of cells (RFC 4180): quotes with doubled quotes inside, \n, \r\n or \r as
// line end, line ends inside quotes. Rows without content are skipped. Knows neither headers nor numbers.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::data {

class CsvScanner {
  public:
    /// The text must outlive the scanner. `where` names the file in errors.
    CsvScanner(std::string_view text, char delimiter, std::string where);

    /// Reads the next row; false at the end. Error: a quote that is not closed, or text after a closing quote.
    bool next();
    /// Valid until the next call of next().
    const std::vector<std::string_view>& cells() const { return cells_; }
    /// Line of the file on which the row begins, from 1.
    std::size_t line() const { return row_line_; }

  private:
    void read_row();
    void read_quoted();
    bool is_empty_row() const;
    [[noreturn]] void fail(const std::string& message, std::size_t line) const;

    std::string_view text_;
    char delimiter_;
    std::string where_;
    std::size_t at_ = 0, line_ = 1, row_line_ = 1;
    std::vector<std::string_view> cells_;
    std::deque<std::string> unquoted_; // cells that are not a part of the text as they stand; never moves its elements
};

/// "x.csv: line 3, column 5 ('width')", for the `where` of an Error. `column` counts from 0; the name may be empty.
std::string csv_place(const std::string& where, std::size_t line, std::size_t column, const std::string& name);

} // namespace bitgrain::data
