#include "data/dataset.hpp"

#include "base/error.hpp"

#include <functional>
#include <numeric>

namespace bitgrain::data {

namespace {

/// The given rows of a table with `width` values per row; an absent table stays absent.
template <class T>
std::vector<T> take_rows(const std::vector<T>& table, std::size_t width, const std::vector<std::size_t>& rows) {
    std::vector<T> result;
    if (table.empty()) return result;
    result.reserve(rows.size() * width);
    for (const std::size_t row : rows) {
        const auto begin = table.begin() + static_cast<std::ptrdiff_t>(row * width);
        result.insert(result.end(), begin, begin + static_cast<std::ptrdiff_t>(width));
    }
    return result;
}

} // namespace

std::size_t Array::row_size() const {
    if (shape.empty()) return 1;
    return std::accumulate(shape.begin() + 1, shape.end(), std::size_t{1}, std::multiplies<>());
}

std::size_t Dataset::features_per_row() const {
    return std::accumulate(feature_shape.begin(), feature_shape.end(), std::size_t{1}, std::multiplies<>());
}

Dataset subset(const Dataset& dataset, const std::vector<std::size_t>& rows) {
    for (const std::size_t row : rows)
        CHECK(row < dataset.rows, "a subset takes rows of the set");
    Dataset result;
    result.rows = rows.size();
    result.feature_shape = dataset.feature_shape;
    result.feature_names = dataset.feature_names;
    result.features = take_rows(dataset.features, dataset.features_per_row(), rows);
    result.integral = dataset.integral;
    result.labels = take_rows(dataset.labels, 1, rows);
    result.class_names = dataset.class_names;
    result.targets = take_rows(dataset.targets, dataset.target_size, rows);
    result.target_size = dataset.target_size;
    result.weights = take_rows(dataset.weights, dataset.weights.empty() ? 0 : 1, rows);
    return result;
}

} // namespace bitgrain::data
