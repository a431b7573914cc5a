// Numbers and labels out of a CSV file in one pass, without keeping its cells.
#pragma once

#include "data/csv_layout.hpp"
#include "data/labels.hpp"

#include <optional>
#include <string_view>
#include <vector>

namespace bitgrain::data {

/// Which columns are wanted as what; the others are not looked at.
struct CsvRoles {
    std::vector<std::size_t> features; ///< ascending
    std::vector<std::size_t> targets;  ///< in the order wanted
    std::optional<std::size_t> label, weight;
};

struct CsvTable {
    std::size_t rows = 0;
    std::vector<double> features; ///< rows x roles.features
    bool integral = true;         ///< every feature is an integer
    std::vector<double> targets;  ///< rows x roles.targets
    std::vector<double> weights;
    RawLabels labels; ///< first_seen holds line numbers
};

/// Error with line and column: a cell that is not a finite number, an empty label, a row of the wrong length.
CsvTable read_csv_table(std::string_view text, const CsvLayout& layout, const CsvRoles& roles, char delimiter,
                        const std::string& where);

} // namespace bitgrain::data
