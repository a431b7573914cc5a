#include "base/error.hpp"
#include "data/cell.hpp"
#include "data/csv_table.hpp"
#include "data/dataset.hpp"
#include "data/idx.hpp"
#include "data/inflate.hpp"
#include "data/labels.hpp"
#include "data/npy.hpp"
#include "data/npz.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitgrain::data {

namespace {

enum class Kind { npy, npz, csv, idx };

std::optional<Kind> kind_of_name(const std::filesystem::path& path) {
    std::string name = path.filename().string();
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    if (name.ends_with(".gz")) name.resize(name.size() - 3);
    if (name.ends_with(".npy")) return Kind::npy;
    if (name.ends_with(".npz")) return Kind::npz;
    if (name.ends_with(".csv")) return Kind::csv;
    if (is_idx_name(name)) return Kind::idx;
    return std::nullopt;
}

Kind kind_of(const std::filesystem::path& path) {
    if (const auto kind = kind_of_name(path)) return *kind;
    throw Error("the kind of this file is not known", path.string(),
                "known are .npy, .npz, .csv and .idx, each also with .gz");
}

void check_finite(const Array& array, const std::string& where) {
    const auto bad =
        std::find_if_not(array.values.begin(), array.values.end(), [](double v) { return std::isfinite(v); });
    if (bad == array.values.end()) return;
    const auto flat = static_cast<std::size_t>(bad - array.values.begin());
    throw Error((std::isnan(*bad) ? "NaN at " : "infinity at ") + element_place(flat, array.shape), where,
                "every value must be a finite number");
}

/// An array and where it came from, for errors.
struct Placed {
    Array array;
    std::string where;
};

/// The array of an .npy, or of an .npz the one called `name`. `only`: an .npz with a single array may call it anything.
Placed read_array(const std::filesystem::path& path, const std::string& name, bool only) {
    if (kind_of(path) == Kind::npy) return {read_npy(path), path.string()};
    if (kind_of(path) == Kind::idx) return {parse_idx(read_unpacked(path), path.string()), path.string()};
    const Npz npz(read_unpacked(path), path.string());
    const std::string found = only ? npz.preferred(name) : name;
    return {npz.read(found), path.string() + ", array '" + found + "'"};
}

void check_table(const Array& array, const std::string& where) {
    if (array.shape.empty()) throw Error("the file holds a single number, not a table", where);
    if (array.rows() == 0) throw Error("there are no rows", where);
    if (array.row_size() == 0) throw Error("the rows are empty", where);
    check_finite(array, where);
}

void set_features(Dataset& dataset, Placed placed) {
    Array& array = placed.array;
    check_table(array, placed.where);
    dataset.rows = array.rows();
    dataset.feature_shape.assign(array.shape.begin() + 1, array.shape.end());
    if (dataset.feature_shape.empty()) dataset.feature_shape = {1};
    dataset.integral = array.integral || std::all_of(array.values.begin(), array.values.end(), is_integer);
    dataset.features = std::move(array.values);
}

/// Returns the number of rows.
std::size_t set_targets(Dataset& dataset, Placed placed, const Source& source, const std::vector<std::string>& fixed) {
    Array& array = placed.array;
    const std::size_t rows = array.rows();
    check_table(array, placed.where);
    if (source.regression) {
        dataset.target_size = array.row_size();
        dataset.targets = std::move(array.values);
        return rows;
    }
    if (array.row_size() != 1) {
        throw Error("each row has " + std::to_string(array.row_size()) + " labels instead of one class number",
                    placed.where,
                    "one-hot labels: take numpy.argmax of them; several continuous targets are a regression");
    }
    RawLabels raw;
    for (std::size_t row = 0; row < rows; ++row) {
        const double value = array.values[row];
        raw.add(is_integer(value) ? std::to_string(static_cast<std::int64_t>(value)) : std::to_string(value), row);
    }
    Classes classes = encode_labels(
        raw, fixed, [&](std::size_t row) { return placed.where + ": " + element_place(row, array.shape); });
    dataset.labels = std::move(classes.labels);
    dataset.class_names = std::move(classes.names);
    return rows;
}

/// Which columns a CSV file is asked for: by `features` the rest, by `targets` those of the source.
struct Wanted {
    bool features = false, targets = false;
};

std::vector<std::string> asked_columns(const Source& source, Wanted wanted) {
    if (!wanted.targets) return {};
    if (!source.target_columns.empty()) return source.target_columns;
    if (!source.label_column.empty()) return {source.label_column};
    return {};
}

std::string other_delimiter(const CsvLayout& layout) {
    if (!layout.other_delimiter) return {};
    return std::string("; it may be '") +
           (*layout.other_delimiter == '\t' ? "\\t" : std::string(1, *layout.other_delimiter)) + "': set \"delimiter\"";
}

/// What pandas writes in front of every row unless told not to: it would tell the network where a row stands.
void refuse_index(const CsvTable& table, const CsvLayout& layout, const CsvRoles& roles, const std::string& where) {
    if (!layout.has_header || roles.features.front() != 0 || table.rows < 2) return;
    const std::string& name = layout.names[0];
    if (!name.empty() && !name.starts_with("Unnamed")) return;
    for (std::size_t row = 0; row < table.rows; ++row) {
        if (table.features[row * roles.features.size()] != static_cast<double>(row)) return;
    }
    throw Error("the column has no name and counts the rows: it is an index, no feature", where + ": column 1",
                "leave it out; with pandas: to_csv(FILE, index=False)");
}

CsvRoles choose_columns(const CsvLayout& layout, const Source& source, Wanted wanted,
                        const std::vector<std::string>& asked, const std::string& where) {
    std::vector<std::size_t> targets;
    for (const std::string& name : asked) {
        const std::size_t column = find_column(layout, name, where);
        if (std::find(targets.begin(), targets.end(), column) != targets.end()) {
            throw Error("column " + shown(name) + " is named twice", where);
        }
        targets.push_back(column);
    }
    const bool all_are_targets = source.regression && !wanted.features; // a file of its own for the targets
    if (wanted.targets && targets.empty() && layout.has_header && layout.names.back().empty()) {
        throw Error("the last column, which is the labels' unless one is named, has no name", where,
                    "does every line end in a delimiter? Remove it, or name the label column");
    }
    if (wanted.targets && targets.empty()) {
        for (std::size_t column = all_are_targets ? 0 : layout.columns - 1; column < layout.columns; ++column) {
            targets.push_back(column);
        }
    }
    CsvRoles roles;
    if (wanted.features && !source.weight_column.empty()) {
        roles.weight = find_column(layout, source.weight_column, where);
        if (std::find(targets.begin(), targets.end(), *roles.weight) != targets.end()) {
            throw Error("column " + shown(source.weight_column) + " is both weight and label or target", where);
        }
    }
    for (std::size_t column = 0; wanted.features && column < layout.columns; ++column) {
        if (column == roles.weight) continue;
        if (std::find(targets.begin(), targets.end(), column) == targets.end()) roles.features.push_back(column);
    }
    if (wanted.features && roles.features.empty()) {
        throw Error("no column is left for the features", where,
                    layout.columns > 1 ? ""
                                       : "is the delimiter right? The first row is one cell" + other_delimiter(layout));
    }
    if (source.regression)
        roles.targets = std::move(targets);
    else if (!targets.empty())
        roles.label = targets.front();
    return roles;
}

/// Returns the number of rows.
std::size_t set_from_csv(Dataset& dataset, const std::filesystem::path& path, const Source& source, Wanted wanted,
                         const std::vector<std::string>& fixed) {
    const std::string text = read_unpacked(path), where = path.string();
    const std::vector<std::string> asked = asked_columns(source, wanted);
    std::vector<std::string> named = asked; // one of them in the first row tells that it is a header
    if (wanted.features && !source.weight_column.empty()) named.push_back(source.weight_column);
    const CsvLayout layout = csv_layout(text, source.header, source.delimiter, where, named);
    const CsvRoles roles = choose_columns(layout, source, wanted, asked, where);
    CsvTable table = read_csv_table(text, layout, roles, source.delimiter, where);
    if (table.rows == 0) throw Error("there are no rows", where);
    if (wanted.features) {
        refuse_index(table, layout, roles, where);
        dataset.rows = table.rows;
        dataset.feature_shape = {roles.features.size()};
        for (const std::size_t column : roles.features) {
            if (layout.has_header) dataset.feature_names.push_back(layout.names[column]);
        }
        dataset.features = std::move(table.features);
        dataset.integral = table.integral;
    }
    if (roles.label) {
        Classes classes = encode_labels(table.labels, fixed, [&](std::size_t line) {
            return csv_place(where, line, *roles.label, layout.name(*roles.label));
        });
        dataset.labels = std::move(classes.labels);
        dataset.class_names = std::move(classes.names);
    }
    if (roles.weight) dataset.weights = std::move(table.weights);
    dataset.target_size = roles.targets.size();
    dataset.targets = std::move(table.targets);
    return table.rows;
}

void check_source(const Source& source) {
    const std::string where = source.features.string();
    if (!source.target_columns.empty() && !source.regression) {
        throw Error("target columns are for a regression; a classification has one label column", where);
    }
    if (!source.target_columns.empty() && !source.label_column.empty()) {
        throw Error("give either a label column or target columns", where);
    }
    const Kind kind = kind_of(source.features);
    if ((kind == Kind::npy || kind == Kind::idx) && !source.labels) {
        throw Error(std::string(kind == Kind::npy ? "an .npy" : "an idx") + " file holds no labels", where,
                    "name the file of the labels too");
    }
    if (!source.weight_column.empty() && (kind != Kind::csv || source.weights)) {
        throw Error("a weight column goes with a .csv and without a file of weights", where);
    }
}

/// Features with labels or targets.
Dataset load_rows(const Source& source, const std::vector<std::string>& classes) {
    check_source(source);
    Dataset dataset;
    const bool together = !source.labels;
    if (kind_of(source.features) == Kind::csv) {
        set_from_csv(dataset, source.features, source, {.features = true, .targets = together}, classes);
        if (together) return dataset;
    } else {
        set_features(dataset, read_array(source.features, "x", !together));
    }
    const std::filesystem::path& labels = together ? source.features : *source.labels;
    const std::size_t rows = kind_of(labels) == Kind::csv
                                 ? set_from_csv(dataset, labels, source, {.features = false, .targets = true}, classes)
                                 : set_targets(dataset, read_array(labels, "y", !together), source, classes);
    if (rows != dataset.rows) {
        throw Error("there are " + std::to_string(rows) + " labels for " + std::to_string(dataset.rows) + " rows of " +
                        source.features.string(),
                    labels.string(),
                    kind_of(labels) == Kind::csv && rows == dataset.rows + 1 ? "if the first row is a header, say so"
                                                                             : "");
    }
    return dataset;
}

/// Checks the weights, after reading those of a file of their own.
void set_weights(Dataset& dataset, const Source& source) {
    std::string where = source.features.string();
    if (source.weights) {
        const Array array = load_features(*source.weights);
        where = source.weights->string();
        if (array.values.size() != dataset.rows) {
            throw Error("there are " + std::to_string(array.values.size()) + " weights for " +
                            std::to_string(dataset.rows) + " rows",
                        where);
        }
        dataset.weights = array.values;
    }
    const auto bad = std::find_if_not(dataset.weights.begin(), dataset.weights.end(), [](double w) { return w > 0; });
    if (bad != dataset.weights.end()) {
        throw Error("the weight of row " + std::to_string(bad - dataset.weights.begin()) + " is not positive", where);
    }
}

} // namespace

bool is_data_name(const std::filesystem::path& path) {
    return kind_of_name(path).has_value();
}

Dataset load(const Source& source, const std::vector<std::string>& classes) {
    Dataset dataset = load_rows(source, classes);
    set_weights(dataset, source);
    return dataset;
}

Array load_features(const std::filesystem::path& path) {
    if (kind_of(path) != Kind::csv) {
        Placed placed = read_array(path, "x", true);
        check_table(placed.array, placed.where);
        return std::move(placed.array);
    }
    Dataset dataset;
    set_from_csv(dataset, path, {}, {.features = true, .targets = false}, {});
    return {.shape = {dataset.rows, dataset.features_per_row()},
            .values = std::move(dataset.features),
            .integral = dataset.integral};
}

} // namespace bitgrain::data
