#include "data/csv_scanner.hpp"

#include "base/error.hpp"
#include "data/cell.hpp"

namespace bitgrain::data {

CsvScanner::CsvScanner(std::string_view text, char delimiter, std::string where)
    : text_(text), delimiter_(delimiter), where_(std::move(where)) {
    if (delimiter == '"' || delimiter == '\n' || delimiter == '\r') {
        throw Error("a quote or a line end cannot be the delimiter", where_);
    }
    if (text_.starts_with("\xff\xfe") || text_.starts_with("\xfe\xff")) {
        throw Error("the file is UTF-16 text", where_, "save it as UTF-8");
    }
    if (text_.starts_with("\xef\xbb\xbf")) text_.remove_prefix(3); // some editors mark UTF-8 so
}

void CsvScanner::fail(const std::string& message, std::size_t line) const {
    throw Error(message, csv_place(where_, line, cells_.size(), {}));
}

bool CsvScanner::next() {
    while (at_ < text_.size()) {
        read_row();
        if (!is_empty_row()) return true;
    }
    return false;
}

bool CsvScanner::is_empty_row() const {
    return cells_.size() == 1 && unquoted_.empty() && trimmed(cells_[0]).empty();
}

void CsvScanner::read_row() {
    cells_.clear();
    if (!unquoted_.empty()) unquoted_.clear();
    row_line_ = line_;
    for (;;) {
        if (at_ < text_.size() && text_[at_] == '"') {
            read_quoted();
        } else {
            const std::size_t begin = at_;
            while (at_ < text_.size() && text_[at_] != delimiter_ && text_[at_] != '\n' && text_[at_] != '\r')
                ++at_;
            cells_.push_back(text_.substr(begin, at_ - begin));
        }
        if (at_ == text_.size()) return;
        const char end = text_[at_++];
        if (end == delimiter_) continue;
        if (end == '\r' && at_ < text_.size() && text_[at_] == '\n') ++at_;
        ++line_;
        return;
    }
}

void CsvScanner::read_quoted() {
    const std::size_t first_line = line_;
    std::string& content = unquoted_.emplace_back();
    for (++at_;; ++at_) {
        if (at_ == text_.size()) fail("a quote is opened but never closed", first_line);
        if (text_[at_] == '\n' || (text_[at_] == '\r' && !text_.substr(at_ + 1).starts_with('\n'))) ++line_;
        if (text_[at_] == '"') {
            ++at_;
            if (!text_.substr(at_).starts_with('"')) break;
        }
        content += text_[at_];
    }
    const bool ended = at_ == text_.size() || text_[at_] == delimiter_ || text_[at_] == '\n' || text_[at_] == '\r';
    if (!ended) fail("text follows a closing quote", line_);
    cells_.emplace_back(content);
}

std::string csv_place(const std::string& where, std::size_t line, std::size_t column, const std::string& name) {
    return where + ": line " + std::to_string(line) + ", column " + std::to_string(column + 1) +
           (name.empty() ? "" : " (" + shown(name) + ")");
}

} // namespace bitgrain::data
