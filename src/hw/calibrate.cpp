#include "hw/calibrate.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::hw {

namespace {

/// Pull towards the start, relative to the diagonal: decides only where the measurements do not.
constexpr double pull = 1e-9;
constexpr int sweeps = 200000;
constexpr double still = 1e-13; ///< relative step below which nothing moves any more

double dot(const std::vector<double>& a, const std::vector<double>& b) {
    double sum = 0.0;
    for (std::size_t i = 0; i < a.size(); ++i)
        sum += a[i] * b[i];
    return sum;
}

/// Features per measured unit: a row whose product with the true coefficients is 1.
struct Rows {
    std::vector<std::vector<double>> rows;

    template <class Counts>
    void add(const Counts& counts, double measured) {
        std::vector<double> row(counts.begin(), counts.end());
        for (double& entry : row)
            entry /= measured;
        rows.push_back(std::move(row));
    }
    std::size_t exercised() const {
        std::size_t number = 0;
        for (std::size_t i = 0; !rows.empty() && i < rows[0].size(); ++i)
            number += std::any_of(rows.begin(), rows.end(), [i](const auto& row) { return row[i] != 0.0; }) ? 1 : 0;
        return number;
    }
    /// Coefficients between nothing and a few times what they are now.
    std::optional<Fitted> fitted(const std::vector<double>& start, double least_upper) const {
        const std::size_t free = exercised();
        if (rows.empty() || rows.size() <= free) return std::nullopt;
        std::vector<double> upper;
        upper.reserve(start.size());
        for (const double value : start)
            upper.push_back(std::max(4.0 * value, least_upper));
        Fitted result;
        result.coefficients = fit(rows, start, std::vector<double>(start.size(), 0.0), upper);
        result.samples = rows.size();
        double squares = 0.0;
        for (const auto& row : rows)
            squares += std::pow(dot(row, result.coefficients) - 1.0, 2);
        result.spread = std::sqrt(squares / static_cast<double>(rows.size() - free));
        return result;
    }
};

/// Rounded so that the file stays readable; far below what any fit can tell.
double rounded(double value) {
    return std::round(value * 1e5) / 1e5;
}

void set(Json& group, const char* key, const char* unit, double value, const std::string& source) {
    group[key] = {{unit, rounded(value)}, {"source", source}};
}

} // namespace

std::vector<double> fit(const std::vector<std::vector<double>>& rows, const std::vector<double>& start,
                        const std::vector<double>& lower, const std::vector<double>& upper) {
    const std::size_t n = start.size();
    std::vector<std::vector<double>> normal(n, std::vector<double>(n, 0.0));
    std::vector<double> right(n, 0.0);
    for (const std::vector<double>& row : rows) {
        CHECK(row.size() == n, "a row has one entry per coefficient");
        for (std::size_t i = 0; i < n; ++i) {
            right[i] += row[i];
            for (std::size_t j = 0; j < n; ++j)
                normal[i][j] += row[i] * row[j];
        }
    }
    std::vector<double> x(start);
    for (std::size_t i = 0; i < n; ++i) {
        const double own = pull * normal[i][i];
        normal[i][i] += own;
        right[i] += own * start[i];
        x[i] = std::clamp(x[i], lower[i], upper[i]);
    }
    for (int sweep = 0; sweep < sweeps; ++sweep) {
        double moved = 0.0;
        for (std::size_t i = 0; i < n; ++i) {
            if (normal[i][i] <= 0.0) continue; // nothing measured depends on it
            const double step = (right[i] - dot(normal[i], x)) / normal[i][i];
            const double next = std::clamp(x[i] + step, lower[i], upper[i]);
            moved = std::max(moved, std::fabs(next - x[i]) / std::max(upper[i], 1e-300));
            x[i] = next;
        }
        if (moved < still) break;
    }
    return x;
}

std::optional<Fitted> fit_luts(const Target& target, const std::vector<Sample>& samples) {
    Rows rows;
    for (const Sample& sample : samples) {
        if (sample.lut && *sample.lut > 0.0) rows.add(sample.features.parts.count, *sample.lut);
    }
    return rows.fitted({target.lut_per.count.begin(), target.lut_per.count.end()}, 2.0);
}

std::optional<Fitted> fit_delays(const Target& target, const std::vector<Sample>& samples) {
    Rows rows;
    for (const Sample& sample : samples) {
        if (sample.period_ns && *sample.period_ns > 0.0) rows.add(sample.features.path, *sample.period_ns);
    }
    std::vector<double> start;
    start.reserve(delay_coefficients.size());
    for (const auto& [key, field] : delay_coefficients)
        start.push_back(target.delay.*field);
    return rows.fitted(start, 0.1);
}

std::optional<double> ff_spread(const std::vector<Sample>& samples) {
    double squares = 0.0;
    std::size_t number = 0;
    for (const Sample& sample : samples) {
        if (!sample.ff || *sample.ff <= 0.0) continue;
        squares += std::pow(sample.features.ff / *sample.ff - 1.0, 2);
        ++number;
    }
    if (number < 3) return std::nullopt;
    return std::sqrt(squares / static_cast<double>(number));
}

Json calibrated(Json file, const Calibration& calibration) {
    const std::string band = "Two sigma around the fit: " + calibration.source;
    if (calibration.luts) {
        for (std::size_t i = 0; i < part_kinds; ++i)
            set(file["lut"], name(static_cast<Part>(i)), "per", calibration.luts->coefficients[i], calibration.source);
        set(file["bands"], "lut", "share", 2.0 * calibration.luts->spread, band);
    }
    if (calibration.ff) set(file["bands"], "ff", "share", 2.0 * *calibration.ff, band);
    if (calibration.delays) {
        for (std::size_t i = 0; i < delay_coefficients.size(); ++i)
            set(file["delay"], delay_coefficients[i].first, "ns", calibration.delays->coefficients[i],
                calibration.source);
        set(file["bands"], "period", "share", 2.0 * calibration.delays->spread, band);
    }
    return file;
}

} // namespace bitgrain::hw
