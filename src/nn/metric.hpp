// What a network is judged by: one number from its outputs, which the front is kept on, and the others beside it.
// Every row counts alike; class and sample weights are for the loss.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace bitgrain::nn {

struct Metric {
    enum class Kind : std::uint8_t {
        accuracy,   ///< share of rows whose first largest output is the label's, as the hardware decides
        auc,        ///< mean over the classes of the area under the ROC curve, class against rest
        rms,        ///< root mean square error, targets' units
        mae,        ///< mean absolute error, targets' units
        resolution, ///< standard deviation of the errors below the cutoff, targets' units
    };
    Kind kind = Kind::accuracy;
    double cutoff = 0.0; ///< resolution

    std::string name() const;
    bool higher_is_better() const { return kind == Kind::accuracy || kind == Kind::auc; }
};

/// Names of the metrics, in the order of Metric::Kind.
const std::vector<std::string>& metric_names();

/// Outputs beside what they should be. Regression: both in the targets' own units, labels empty.
struct Judged {
    std::size_t outputs = 1;
    std::span<const double> values; ///< rows x outputs
    std::span<const std::int32_t> labels;
    std::span<const double> targets; ///< rows x outputs
};

/// Outputs of a regression in the targets' own units: value * scale + offset of its output; empty lists: 1 and 0.
std::vector<double> in_target_units(std::span<const double> values, std::size_t outputs, std::span<const double> scale,
                                    std::span<const double> offset);

/// 0 without rows.
double measure(const Metric& metric, const Judged& judged);

/// Area under the ROC curve of each class against the rest, exact (sorted, ties count half). The score of class c is
/// z_c - log sum exp of the others: the log odds of its softmax. A class without rows, or with all of them, gets 0.5.
std::vector<double> class_auc(const Judged& judged);

/// Standard deviation of the errors smaller than the cutoff, and their share. With fewer than half of the errors below
/// it the network is lost: the deviation is then the cutoff itself.
struct Resolution {
    double deviation = 0.0;
    double kept = 0.0;
};
Resolution resolution(const Judged& judged, double cutoff);

/// All that can be said beside the metric: name and value.
std::vector<std::pair<std::string, double>> details(const Metric& metric, const Judged& judged,
                                                    const std::vector<std::string>& class_names);

} // namespace bitgrain::nn
