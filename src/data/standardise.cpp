#include "base/error.hpp"
#include "data/dataset.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::data {

namespace {

/// Two passes (mean, then squared differences): one pass loses all digits when the mean is large.
Standardisation measure(const double* values, std::size_t count, std::size_t width) {
    CHECK(count > 0, "a set without rows has no mean");
    const auto rows = static_cast<double>(count);
    std::vector<double> lowest(values, values + width), highest = lowest;
    Standardisation result{.mean = std::vector<double>(width, 0.0), .deviation = std::vector<double>(width, 0.0)};
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < width; ++i) {
            const double value = values[row * width + i];
            lowest[i] = std::min(lowest[i], value);
            highest[i] = std::max(highest[i], value);
            result.mean[i] += value;
        }
    }
    for (double& mean : result.mean)
        mean /= rows;
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < width; ++i) {
            const double difference = values[row * width + i] - result.mean[i];
            result.deviation[i] += difference * difference;
        }
    }
    for (std::size_t i = 0; i < width; ++i) {
        result.deviation[i] = std::sqrt(result.deviation[i] / rows);
        if (!std::isfinite(result.deviation[i])) {
            throw Error("the values of feature " + std::to_string(i) + " are too large to be standardised");
        }
        if (lowest[i] == highest[i]) result.mean[i] = lowest[i]; // free of the rounding of the sum
        if (lowest[i] == highest[i] || result.deviation[i] == 0) result.deviation[i] = 1;
    }
    return result;
}

} // namespace

Standardisation standardise(const Dataset& dataset) {
    return measure(dataset.features.data(), dataset.rows, dataset.features_per_row());
}

Standardisation standardise_channels(const Dataset& dataset, std::size_t channels) {
    const std::size_t width = dataset.features_per_row();
    CHECK(channels > 0 && width % channels == 0, "channels lie one behind the other");
    const Standardisation one = measure(dataset.features.data(), dataset.rows * width / channels, channels);
    Standardisation all;
    for (std::size_t i = 0; i < width; ++i) {
        all.mean.push_back(one.mean[i % channels]);
        all.deviation.push_back(one.deviation[i % channels]);
    }
    return all;
}

} // namespace bitgrain::data
