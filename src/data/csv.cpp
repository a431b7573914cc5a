#include "data/csv_layout.hpp"
#include "data/csv_scanner.hpp"
#include "data/dataset.hpp"
#include "data/inflate.hpp"

namespace bitgrain::data {

Csv read_csv(const std::filesystem::path& path, Header header, char delimiter) {
    const std::string text = read_unpacked(path);
    const std::string where = path.string();
    const CsvLayout layout = csv_layout(text, header, delimiter, where);
    Csv csv;
    CsvScanner scanner(text, delimiter, where);
    if (layout.has_header && scanner.next()) csv.header.assign(scanner.cells().begin(), scanner.cells().end());
    while (scanner.next()) {
        check_width(scanner, layout, where);
        csv.cells.emplace_back(scanner.cells().begin(), scanner.cells().end());
        csv.lines.push_back(scanner.line());
    }
    return csv;
}

} // namespace bitgrain::data
