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
/// automatic: the first row is a header when one of its cells is text (not one of the usual words for a missing value)
/// and all others of that column are numbers.
enum class Header { automatic, yes, no };
/// Error with line: rows of different lengths, a quote that is not closed.
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
    std::vector<double> weights; ///< of the rows in the loss, positive; empty: all alike

    std::size_t features_per_row() const;
};

/// Where the data is. Paths are absolute or relative to the working folder (callers resolve).
struct Source {
    /// .npy, .npz (array "x", or the only one), .csv, .idx or "...-idx3-ubyte"; each also with .gz
    std::filesystem::path features;
    /// A separate file of any of these kinds (.npz: array "y", or the only one). None: a column of the CSV, or the
    /// array "y" of an .npz whose features are its array "x".
    std::optional<std::filesystem::path> labels;
    /// CSV: index (negative from the end) or name; a name that stands in the first row makes it a header. Empty: the
    /// last.
    std::string label_column;
    /// CSV, regression: names or indices. Empty: as label_column, but every column of a separate file.
    std::vector<std::string> target_columns;
    /// Weights of the rows: a column of the features' CSV (index or name), or a file of its own. Both empty: none.
    std::string weight_column;
    std::optional<std::filesystem::path> weights;
    Header header = Header::automatic;
    char delimiter = ',';
    bool regression = false;
};

/// Whether the file is of a kind that load reads, by its name.
bool is_data_name(const std::filesystem::path& path);

/// Reads and checks: equal row counts, finite numbers (file, line, column in the error), at least one row and one
/// feature. `classes`, when not empty, is the fixed list of class names (a test file may lack one); an unknown class is
/// an Error.
Dataset load(const Source& source, const std::vector<std::string>& classes = {});

/// Features only (no labels anywhere in the source are needed): every column of a CSV. Checks as load does.
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
/// One mean and one deviation for all features that are a multiple of `channels` apart: those of one kind, whose scale
/// among each other stays. 1: for all of them (pixels).
Standardisation standardise_channels(const Dataset& dataset, std::size_t channels);

} // namespace bitgrain::data
