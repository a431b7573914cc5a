#include "base/error.hpp"
#include "base/random.hpp"
#include "data/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitgrain::data {

namespace {

/// Rows by class; a regression is one class.
std::vector<std::vector<std::size_t>> groups_of(const Dataset& dataset) {
    std::vector<std::vector<std::size_t>> groups(dataset.labels.empty() ? 1 : dataset.class_names.size());
    for (std::size_t row = 0; row < dataset.rows; ++row) {
        groups[dataset.labels.empty() ? 0 : static_cast<std::size_t>(dataset.labels[row])].push_back(row);
    }
    return groups;
}

/// Moves `wanted` of all rows from the ends of the groups, from each in proportion to its size. Cumulative quotas: the
/// total is met exactly and every group is within one row of its share.
std::vector<std::size_t> cut(std::vector<std::vector<std::size_t>>& groups, std::size_t wanted) {
    std::size_t total = 0, seen = 0;
    for (const auto& group : groups)
        total += group.size();
    std::vector<std::size_t> rows;
    for (auto& group : groups) {
        seen += group.size();
        const std::size_t quota = (2 * wanted * seen + total) / (2 * std::max<std::size_t>(total, 1)); // nearest
        const std::size_t keep = group.size() - (quota - rows.size());
        rows.insert(rows.end(), group.begin() + static_cast<std::ptrdiff_t>(keep), group.end());
        group.resize(keep);
    }
    std::sort(rows.begin(), rows.end());
    return rows;
}

std::size_t count_of(double fraction, std::size_t rows, const std::string& part) {
    if (!(fraction >= 0 && fraction < 1)) {
        throw Error("the " + part + " fraction is " + std::to_string(fraction), {},
                    "it must be at least 0 and below 1");
    }
    const auto count = static_cast<std::size_t>(std::llround(fraction * static_cast<double>(rows)));
    if (fraction > 0 && count == 0) {
        throw Error("there are too few rows (" + std::to_string(rows) + ") to set aside a " + part + " part");
    }
    return count;
}

} // namespace

Split split(const Dataset& dataset, double validation_fraction, double test_fraction, std::uint64_t seed) {
    const std::size_t validation = count_of(validation_fraction, dataset.rows, "validation");
    const std::size_t test = count_of(test_fraction, dataset.rows, "test");
    if (validation + test >= dataset.rows) {
        throw Error("the validation and test fractions leave no rows to train with");
    }
    std::vector<std::vector<std::size_t>> groups = groups_of(dataset);
    Random random(seed);
    for (auto& group : groups)
        random.shuffle(std::span(group));
    Split result;
    result.test = cut(groups, test);
    result.validation = cut(groups, validation);
    result.train = cut(groups, dataset.rows - test - validation);
    return result;
}

} // namespace bitgrain::data
