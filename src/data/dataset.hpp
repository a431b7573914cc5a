// Tables of numbers from files, and what a training run needs of them. Knows nothing of networks.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::data {

/// One file's content: any rank, values as doubles (exact for every integer up to 2^53 and every float type),
/// row-major.
struct Array {
    std::vector<std::size_t> shape;
    std::vector<double> values;
    bool integral = false; ///< the file's type is an integer (or boolean) type, or every value of a CSV is an integer

    std::size_t rows() const { return shape.empty() ? 1 : shape[0]; }
    std::size_t row_size() const;
};

/// .npy, .npy.gz: numpy formats 1.0 to 3.0, bool, (u)int8..64, float16..64, either byte order, C or Fortran order.
Array read_npy(const std::filesystem::path& path);
/// One member of an .npz ("x" or "x.npy"); without a name the file must hold exactly one.
Array read_npz(const std::filesystem::path& path, const std::string& member = {});
/// Writes numpy format 1.0, little endian, C order, as '<f8' or '<i8'.
void write_npy(const std::filesystem::path& path, const Array& array);

/// Text of a CSV file (gz or plain): cells as they stand, quotes resolved.
struct Csv {
    std::vector<std::string> header; ///< empty when the file has none
    std::vector<std::vector<std::string>> cells;
    std::vector<std::size_t> lines; ///< line number in the file of each row, from 1
};
enum class Header {
    automatic,
    yes,
    no
}; ///< automatic: yes when some cell of the first row is not a number but the column's others are
Csv read_csv(const std::filesystem::path& path, Header header = Header::automatic, char delimiter = ',');

/// Features and targets. Classification: label = class index, class_names sorted (numbers by value, text by bytes).
/// Regression: targets rows x target_size.
struct Dataset {
    std::size_t rows = 0;
    std::vector<std::size_t> feature_shape; ///< {64} or {8, 8}
    std::vector<std::string> feature_names; ///< empty or one per feature
    std::vector<double> features;           ///< rows x features, row-major
    bool integral = false;                  ///< every feature value is an integer
    std::vector<std::int32_t> labels;       ///< classification
    std::vector<std::string> class_names;
    std::vector<double> targets; ///< regression
    std::size_t target_size = 0;

    std::size_t features_per_row() const;
};

/// Where the data is. Paths are absolute or relative to the working folder (callers resolve).
struct Source {
    std::filesystem::path features; ///< .npy, .npy.gz, .npz, .csv, .csv.gz
    std::optional<std::filesystem::path>
        labels; ///< separate file; none: a column of the CSV, or member "y" of an .npz whose features are member "x"
    std::string label_column;                ///< CSV: name or index (negative from the end); empty: the last one
    std::vector<std::string> target_columns; ///< CSV, regression: names or indices
    Header header = Header::automatic;
    char delimiter = ',';
    bool regression = false;
};

/// Reads and checks: equal row counts, finite numbers (file, line, column in the error), at least one row and one
/// feature. `classes`, when not empty, is the fixed list of class names (a test file may lack one); an unknown class is
/// an Error.
Dataset load(const Source& source, const std::vector<std::string>& classes = {});

/// Features only (no labels anywhere in the source are needed).
Array load_features(const std::filesystem::path& path);

/// Rows in the given order.
Dataset subset(const Dataset& dataset, const std::vector<std::size_t>& rows);

/// Deterministic split by seed: shuffles, classification stratified by class, then cuts. Fractions of the whole set.
struct Split {
    std::vector<std::size_t> train, validation, test; ///< row numbers, ascending
};
Split split(const Dataset& dataset, double validation_fraction, double test_fraction, std::uint64_t seed);

/// Mean and standard deviation per feature; a constant feature gets deviation 1.
struct Standardisation {
    std::vector<double> mean, deviation;
};
Standardisation standardise(const Dataset& dataset);

} // namespace bitgrain::data
