// An experiment: data, network, quantizers, training recipe and hardware target, as read from experiment.json.
// Paths in the file are relative to the file. Every key is checked; examples/README.md explains each.
#pragma once

#include "base/json.hpp"
#include "data/dataset.hpp"
#include "nn/ramp.hpp"
#include "nn/schedule.hpp"
#include "nn/settings.hpp"
#include "nn/timing_settings.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace bitgrain::nn {

struct TrainingSettings {
    std::int64_t epochs = 1000;
    std::int64_t float_epochs =
        100; ///< of the unquantised network first: the reference, and the start of the quantised one
    std::size_t batch = 256;
    LearningRate learning_rate;
    BetaSchedule beta;
    std::int64_t evaluate_every = 0; ///< epochs between candidates for the front; 0: about 300 in the run
    ControllerSettings controller;   ///< with a target: steer to it instead of following beta
    std::optional<double> minutes;   ///< time budget of the whole training
    std::uint64_t seed = 1;
};

struct Experiment {
    std::string name;
    std::filesystem::path file; ///< where it was read from
    Json json;                  ///< the content with absolute data paths: what the run directory keeps

    bool regression = false;
    data::Source train_source;
    std::optional<data::Source> validation_source, test_source; ///< none: split off the training source
    double validation_fraction = 0.2, test_fraction = 0.2;
    bool standardise = true;

    QuantizerDefaults quantizers;
    TrainingSettings training;

    std::string pick = "best";
    double cover = 1.0;
    std::string target = "xcvu13p";
    TimingSettings timing;
    std::optional<int> operands; ///< of one adder; none: as many as the target adds in one chain
    bool tables = false;         ///< look narrow inputs up where that costs less than adding

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
