// From an experiment to a run directory, and from a run directory to a model: what the command line calls.
//
// run directory: experiment.json (copy), front.json (the Pareto front: one record per point), points/ (their
// checkpoints), state.ckpt (everything needed to continue the first ramp), ramps/ (the others while they train),
// finish.json (of several ramps or a polished front: what was joined and polished), test_x.npy and test_y.npy (the
// held-out rows, as raw data).
#pragma once

#include "model/model.hpp"
#include "nn/experiment.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitgrain::nn {

struct Progress {
    std::int64_t epoch = 0, epochs = 0;
    double loss = 0.0;   ///< training loss, task term, mean over the epochs since the last report
    double metric = 0.0; ///< on the validation rows
    double ebops = 0.0;
    double beta = 0.0;
    std::size_t live_weights = 0, weights = 0;
    double seconds = 0.0, seconds_left = 0.0;
    std::size_t front_points = 0;
    std::size_t polished = 0, to_polish = 0; ///< points of the front, once training has ended
    std::size_t ramp = 1, ramps = 1;         ///< which of how many the epoch is of
    std::string event;                       ///< something the user should read, or empty
};

/// A candidate for the front, or a point of it: the calibrated fixed-point network after some epoch. The metric is the
/// experiment's, EBOPs are HGQ2's.
struct Point {
    std::int64_t epoch = 0;
    double metric = 0.0;              ///< on the validation rows
    double train_metric = 0.0;        ///< on the training rows
    std::vector<double> fold_metrics; ///< on parts of the validation rows (judge.hpp)
    double expected = 0.0;            ///< on rows that nobody has seen (judge.hpp): what the front is formed by
    double loss = 0.0;
    double ebops = 0.0;
    double beta = 0.0;
    std::size_t live_weights = 0;
    bool polished = false;
    std::string checkpoint; ///< file name under points/; of a candidate that can no longer join the front: empty
};

struct Front {
    bool higher_is_better = true;
    std::string metric_name;        ///< one of metric_names()
    double float_metric = 0.0;      ///< of the unquantised network on the validation rows
    double float_test_metric = 0.0; ///< and on the test rows (0 without any)
    std::size_t weights = 0;
    std::vector<Point> points;       ///< ebops ascending
    std::vector<std::string> events; ///< collapses and what was done about them, in time order
    std::vector<Point> history;      ///< every candidate, in time order
};

struct TrainOptions {
    std::filesystem::path run;
    unsigned threads = 0;                        ///< 0: all cores; never changes the result
    std::optional<std::uint64_t> seed;           ///< overrides the experiment's
    std::optional<double> minutes, target_ebops; ///< override the experiment's
    /// The same; a finished run can be polished, and further ramps can join it, when it is resumed.
    std::optional<std::size_t> polish, ramps;
    bool resume = false;
    double save_seconds = 5.0; ///< time between two saves of the state; never changes the result
    std::function<void(const Progress&)> progress;
};

Front train(const Experiment& experiment, const TrainOptions& options);
Front read_front(const std::filesystem::path& run);

struct FreezeOptions {
    std::string pick = "best"; ///< a rule, see pick.hpp; without a point, one that needs no designs
    std::optional<double>
        cover;           ///< calibrated ranges are widened by this factor around their middle; none: the experiment's
    bool proven = false; ///< integer bits of wrapping quantizers by interval analysis instead: no input can overflow
};
/// Calibrates on train and validation rows and freezes. model.facts records pick, metrics, both EBOPs counters, in
/// how many test rows some value overflowed a quantizer, and the SHA-256 of the training files (features, then labels).
/// Reads the run and its data once for any number of points.
class Freezer {
  public:
    explicit Freezer(const std::filesystem::path& run);
    ~Freezer();
    const Experiment& experiment() const;
    const Front& front() const;
    model::Model freeze(const FreezeOptions& options) const;
    /// This point of the front; options.pick is only recorded.
    model::Model freeze(const Point& point, const FreezeOptions& options) const;

  private:
    struct Parts;
    std::unique_ptr<const Parts> parts_;
};

/// Metric of a model on data, computed by exact fixed-point inference: the one its facts name, else accuracy or RMS
/// error.
struct Score {
    std::string metric_name;
    double metric = 0.0;
    std::size_t rows = 0;
    std::size_t saturated_inputs = 0;
    std::vector<std::pair<std::string, double>> details; ///< the other metrics: name and value
};
Score score(const model::Model& model, const data::Dataset& dataset);

} // namespace bitgrain::nn
