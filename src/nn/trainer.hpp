// The training loop of one network on one data set: steps, epochs, schedules, evaluation. Files are the caller's
// business.
#pragma once

#include "nn/experiment.hpp"
#include "nn/network.hpp"
#include "nn/optimizer.hpp"
#include "nn/train.hpp"

#include <memory>
#include <vector>

namespace bitgrain::nn {

/// Training rows for the float engine, training and validation rows (in this order) for the exact one.
struct TrainingRows {
    Rows<float> train;
    Rows<double> all;
    std::size_t validation_first = 0; ///< in `all`
    Rows<double> test;
    data::Standardisation target_scale; ///< regression: targets are (real - mean) / deviation of the training rows
};
TrainingRows make_rows(const Data& data);

/// What the network is built from: shape and kind of the features, and the standardisation that it folds.
InputFacts input_facts(const Experiment& experiment, const Data& data);

class Trainer {
  public:
    Trainer(const TrainingSettings& settings, Network& network, const TrainingRows& rows, const Loss& loss,
            Workers& workers);

    /// The unquantised network for the given epochs with its own optimiser; the loss of the last epoch.
    double train_float(std::int64_t epochs);
    /// Metric of the unquantised network (accuracy or RMS error).
    double float_metric(const Rows<double>& rows, std::size_t first) const;

    /// One epoch of quantised training; returns its mean results. The number chooses the batches, the position (in
    /// epochs of the schedules) the learning rate.
    StepResult epoch(std::int64_t number, double position, double beta);
    /// Calibrates on all rows and scores the validation rows; the network's tracked ranges are restored.
    struct Evaluation {
        Point point;
        Calibration calibration; ///< without its outputs
    };
    Evaluation evaluate(std::int64_t number, double beta) const;
    /// What evaluated last.
    const Engine<double>& exact() const { return exact_; }
    /// Metric of a network that has learned nothing: share of the largest class, or the targets' deviation.
    double chance_metric() const;

    Adam& optimizer() { return adam_; }

  private:
    StepResult run_epoch(std::int64_t number, double position, Mode mode, double beta, Adam& adam,
                         const LearningRate& rate, std::uint64_t stream);

    const TrainingSettings& settings_;
    Network& network_;
    const TrainingRows& rows_;
    Loss loss_;
    Workers& workers_;
    Engine<float> engine_;
    mutable Engine<double> exact_; ///< its buffers are scratch
    Adam adam_;
};

/// Metric of row-major outputs: share of rows whose first largest output is the label's, or the root mean square error
/// in the targets' own units.
double metric_of(const Loss& loss, std::span<const double> outputs, const Rows<double>& rows, std::size_t first,
                 const data::Standardisation& target_scale);

} // namespace bitgrain::nn
