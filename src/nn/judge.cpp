#include "nn/judge.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <span>

namespace bitgrain::nn {

namespace {

constexpr std::size_t window = 40; ///< candidates that a line is drawn through
constexpr std::size_t fewest = 8;

/// What the candidates around one say about it; `around` contains it.
double expected(const Point& candidate, std::span<const Point* const> around) {
    const auto n = static_cast<double>(around.size());
    const auto mean = [&](const auto& value) {
        return std::accumulate(around.begin(), around.end(), 0.0,
                               [&](double sum, const Point* point) { return sum + value(*point); }) /
               n;
    };
    const double x = mean([](const Point& point) { return point.train_metric; });
    const double spread = mean([&](const Point& point) { return (point.train_metric - x) * (point.train_metric - x); });
    // Slope of a line of what `value` says on the training metric. A better one on the training rows is never taken for
    // a worse one.
    const auto slope = [&](double middle, const auto& value) {
        const double together =
            mean([&](const Point& point) { return (point.train_metric - x) * (value(point) - middle); });
        return spread > 0.0 ? std::max(together / spread, 0.0) : 0.0;
    };

    std::array<double, folds> middles{}, slopes{};
    for (std::size_t k = 0; k < folds; ++k) {
        const auto value = [k](const Point& point) { return point.fold_metrics[k]; };
        middles[k] = mean(value);
        slopes[k] = slope(middles[k], value);
    }
    double scatter = 0.0, noise = 0.0; // variances around the lines: of the parts' mean, and of its part that is noise
    for (const Point* point : around) {
        std::array<double, folds> rest{};
        for (std::size_t k = 0; k < folds; ++k)
            rest[k] = point->fold_metrics[k] - middles[k] - slopes[k] * (point->train_metric - x);
        const double common = std::accumulate(rest.begin(), rest.end(), 0.0) / folds;
        scatter += common * common;
        for (const double r : rest)
            noise += (r - common) * (r - common) / (folds * (folds - 1));
    }
    const double trust = scatter > 0.0 ? std::max(1.0 - noise / scatter, 0.0) : 0.0;

    const auto metric = [](const Point& point) { return point.metric; };
    const double y = mean(metric);
    const double line = y + slope(y, metric) * (candidate.train_metric - x);
    return line + trust * (candidate.metric - line);
}

} // namespace

void judge(std::vector<Point>& candidates) {
    for (const bool polished : {false, true}) {
        std::vector<Point*> group;
        for (Point& point : candidates) {
            if (point.polished == polished) group.push_back(&point);
        }
        std::stable_sort(group.begin(), group.end(),
                         [](const Point* a, const Point* b) { return a->ebops < b->ebops; });
        const std::size_t size = std::min(window, group.size());
        for (std::size_t i = 0; i < group.size(); ++i) {
            const std::size_t first = std::min(i - std::min(i, size / 2), group.size() - size);
            group[i]->expected =
                size < fewest ? group[i]->metric : expected(*group[i], std::span(group).subspan(first, size));
        }
    }
}

} // namespace bitgrain::nn
