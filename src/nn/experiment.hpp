// An experiment: data, network, quantizers, training recipe and hardware target, as read from experiment.json.
// Paths in the file are relative to the file. Every key is checked; examples/README.md explains each.
#pragma once

#include "base/json.hpp"
#include "data/dataset.hpp"
#include "nn/metric.hpp"
#include "nn/ramp.hpp"
#include "nn/schedule.hpp"
#include "nn/settings.hpp"
#include "nn/timing_settings.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace bitgrain::nn {

/// Of the rows of a class in the loss.
struct ClassWeights {
    bool balanced = false;                             ///< every class as a whole weighs the same
    std::vector<std::pair<std::string, double>> given; ///< class name, weight; others weigh 1
};

struct TrainingSettings {
    std::int64_t epochs = 1000;
    std::int64_t float_epochs =
        100; ///< of the unquantised network first: the reference, and the start of the quantised one
    std::size_t batch = 256;
    LearningRate learning_rate;
    BetaSchedule beta;
    std::int64_t evaluate_every = 0; ///< epochs between candidates for the front; 0: about 300 in the run
    ControllerSettings controller;   ///< with a target: steer to it instead of following beta
    /// Trainings from seeds that follow each other, whose points make one front, and points of it that are polished
    /// when they have ended; none: 1 and 0, or what fills the time.
    std::optional<std::size_t> ramps, polish;
    std::optional<double> minutes; ///< time budget of the whole training
    /// Whether the number of ramps and the polish follow from the time budget.
    bool fill_time() const { return minutes && !ramps && !polish; }
    std::uint64_t seed = 1;
    std::optional<double> patience; ///< end when no candidate has joined the front for this many epochs
    ClassWeights class_weights;
    double label_smoothing = 0.0;       ///< share of each label that is spread over all classes
    std::vector<double> target_weights; ///< regression: of the targets in the loss; empty: all alike
};

/// For the width search over layers.
struct SearchSettings {
    std::vector<std::int64_t> widths{2, 3, 4, 6, 8}; ///< bits to choose from, the sign not counted
    std::size_t trials = 27;                         ///< trainings that are started
};

/// What of the data is folded into the first kernels: nothing, mean and deviation of each feature, of all together, or
/// of each place on the last axis.
enum class Standardise : std::uint8_t { nothing, features, together, channels };

struct Experiment {
    std::string name;
    std::filesystem::path file; ///< where it was read from
    Json json;                  ///< the content with absolute data paths: what the run directory keeps

    bool regression = false;
    Metric metric; ///< what the front is kept on
    data::Source train_source;
    std::optional<data::Source> validation_source, test_source; ///< none: split off the training source
    double validation_fraction = 0.2, test_fraction = 0.2;
    std::vector<std::size_t> shape; ///< of a row's features; empty: as the file has them
    Standardise standardise = Standardise::features;

    QuantizerDefaults quantizers;
    TrainingSettings training;
    SearchSettings search;

    std::string pick = "best";
    double cover = 1.0;
    std::string target = "xcvu13p";
    TimingSettings timing;
    std::optional<int> operands; ///< of one adder; none: as many as the target adds in one chain
    bool tables = true;          ///< look narrow inputs up where that costs less than adding

    /// The list of layers, for build_network.
    JsonReader layers() const;
};

/// Reads and checks the file; layers are checked when the data are known (build_network). Error names file and key.
Experiment read_experiment(const std::filesystem::path& path);

/// Training, validation and test rows by the experiment's rule; the seed of the split is fixed.
struct Data {
    data::Dataset train, validation, test;
};
Data load_data(const Experiment& experiment);

} // namespace bitgrain::nn
