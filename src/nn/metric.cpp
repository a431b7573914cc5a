#include "nn/metric.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace bitgrain::nn {

namespace {

double accuracy(const Judged& judged) {
    std::size_t correct = 0;
    for (std::size_t r = 0; r < judged.labels.size(); ++r) {
        const double* z = judged.values.data() + r * judged.outputs;
        correct += std::max_element(z, z + judged.outputs) - z == judged.labels[r] ? 1 : 0;
    }
    return static_cast<double>(correct) / static_cast<double>(judged.labels.size());
}

/// z_c - log(sum exp of the other outputs); one output alone is its own score.
double log_odds(const double* z, std::size_t outputs, std::size_t c) {
    double top = -std::numeric_limits<double>::infinity(), sum = 0.0;
    for (std::size_t o = 0; o < outputs; ++o) {
        if (o != c) top = std::max(top, z[o]);
    }
    if (outputs < 2) return z[c];
    for (std::size_t o = 0; o < outputs; ++o) {
        if (o != c) sum += std::exp(z[o] - top);
    }
    return z[c] - top - std::log(sum);
}

double power_mean(const Judged& judged, double exponent) {
    double total = 0.0;
    for (std::size_t i = 0; i < judged.targets.size(); ++i)
        total += std::pow(std::abs(judged.values[i] - judged.targets[i]), exponent);
    return total / static_cast<double>(judged.targets.size());
}

} // namespace

const std::vector<std::string>& metric_names() {
    static const std::vector<std::string> names{"accuracy", "auc", "rms", "mae", "resolution"};
    return names;
}

std::string Metric::name() const {
    return metric_names()[static_cast<std::size_t>(kind)];
}

std::vector<double> in_target_units(std::span<const double> values, std::size_t outputs, std::span<const double> scale,
                                    std::span<const double> offset) {
    std::vector<double> result(values.begin(), values.end());
    for (std::size_t i = 0; i < result.size(); ++i) {
        const std::size_t o = i % outputs;
        result[i] = result[i] * (scale.empty() ? 1.0 : scale[o]) + (offset.empty() ? 0.0 : offset[o]);
    }
    return result;
}

std::vector<double> class_auc(const Judged& judged) {
    const std::size_t rows = judged.labels.size();
    std::vector<double> result, score(rows);
    std::vector<std::size_t> order(rows);
    for (std::size_t c = 0; c < judged.outputs; ++c) {
        for (std::size_t r = 0; r < rows; ++r)
            score[r] = log_odds(judged.values.data() + r * judged.outputs, judged.outputs, c);
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return score[a] < score[b]; });
        // Pairs (row of the class, row of the rest) in the right order, in halves: integers, so the sum is exact.
        std::uint64_t halves = 0, others_before = 0, members = 0;
        for (std::size_t first = 0; first < rows;) {
            std::size_t last = first;
            std::uint64_t tied_members = 0, tied_others = 0;
            for (; last < rows && score[order[last]] == score[order[first]]; ++last)
                ++(judged.labels[order[last]] == static_cast<std::int32_t>(c) ? tied_members : tied_others);
            halves += tied_members * (2 * others_before + tied_others);
            others_before += tied_others;
            members += tied_members;
            first = last;
        }
        const double pairs = static_cast<double>(members) * static_cast<double>(others_before);
        result.push_back(pairs > 0 ? 0.5 * static_cast<double>(halves) / pairs : 0.5);
    }
    return result;
}

Resolution resolution(const Judged& judged, double cutoff) {
    std::size_t kept = 0;
    double sum = 0.0, squares = 0.0;
    const auto error = [&](std::size_t i) { return judged.values[i] - judged.targets[i]; };
    for (std::size_t i = 0; i < judged.targets.size(); ++i) {
        if (std::abs(error(i)) >= cutoff) continue;
        ++kept;
        sum += error(i);
    }
    const double mean = kept > 0 ? sum / static_cast<double>(kept) : 0.0;
    for (std::size_t i = 0; i < judged.targets.size(); ++i) {
        if (std::abs(error(i)) < cutoff) squares += std::pow(error(i) - mean, 2);
    }
    const double share = static_cast<double>(kept) / static_cast<double>(judged.targets.size());
    return {share < 0.5 ? cutoff : std::sqrt(squares / static_cast<double>(kept)), share};
}

double measure(const Metric& metric, const Judged& judged) {
    if (judged.labels.empty() && judged.targets.empty()) return 0.0;
    switch (metric.kind) {
    case Metric::Kind::accuracy:
        return accuracy(judged);
    case Metric::Kind::auc: {
        const std::vector<double> areas = class_auc(judged);
        return std::accumulate(areas.begin(), areas.end(), 0.0) / static_cast<double>(areas.size());
    }
    case Metric::Kind::rms:
        return std::sqrt(power_mean(judged, 2.0));
    case Metric::Kind::mae:
        return power_mean(judged, 1.0);
    case Metric::Kind::resolution:
        return resolution(judged, metric.cutoff).deviation;
    }
    CHECK(false, "every metric has its case");
    return 0.0;
}

std::vector<std::pair<std::string, double>> details(const Metric& metric, const Judged& judged,
                                                    const std::vector<std::string>& class_names) {
    std::vector<std::pair<std::string, double>> result;
    if (!judged.labels.empty()) {
        if (metric.kind != Metric::Kind::accuracy) result.emplace_back("accuracy", accuracy(judged));
        const std::vector<double> areas = class_auc(judged);
        for (std::size_t c = 0; c < areas.size(); ++c)
            result.emplace_back("AUC " + (c < class_names.size() ? class_names[c] : std::to_string(c)), areas[c]);
    } else if (!judged.targets.empty()) {
        for (const Metric::Kind kind : {Metric::Kind::rms, Metric::Kind::mae}) {
            if (metric.kind != kind) result.emplace_back(Metric{kind}.name(), measure({kind}, judged));
        }
        if (metric.kind == Metric::Kind::resolution)
            result.emplace_back("share within the cutoff", resolution(judged, metric.cutoff).kept);
    }
    return result;
}

} // namespace bitgrain::nn
