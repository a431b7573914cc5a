// An experiment: data, network, quantizers, training recipe and hardware target, as read from experiment.json.
// Paths in the file are relative to the file. Every key is checked; the README of examples/ explains each.
#pragma once

#include "base/json.hpp"
#include "data/dataset.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace bitgrain::nn {

struct Experiment {
    std::string name;
    std::filesystem::path file; ///< where it was read from
    Json json;                  ///< the file's content, for the run directory

    data::Source train_source;
    std::optional<data::Source> validation_source, test_source; ///< none: split off the training source
    double validation_fraction = 0.2, test_fraction = 0.2;
    bool standardise = true;

    std::string pick = "best";
    std::string target = "xcvu13p";
    double clock_ns = 5.0;
    double cover = 1.0;
};

/// Reads and validates the whole file: network and training sections too. Error names file and key.
Experiment read_experiment(const std::filesystem::path& path);

} // namespace bitgrain::nn
