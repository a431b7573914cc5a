// The training loop of one network on one data set: steps, epochs, schedules, evaluation. Files are the caller's
// business.
#pragma once

#include "nn/experiment.hpp"
#include "nn/network.hpp"
#include "nn/optimizer.hpp"
#include "nn/train.hpp"

#include <functional>
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
    std::vector<double> all_targets, test_targets; ///< regression: in their own units
};
/// Error when a class weight names no class.
TrainingRows make_rows(const Data& data, const ClassWeights& class_weights);
/// Cross-entropy over the classes, or squared error over the targets. Error when the target weights are not as many.
Loss loss_of(const Experiment& experiment, const Data& data);

/// What the network is built from: shape and kind of the features, and the standardisation that it folds.
InputFacts input_facts(const Experiment& experiment, const Data& data);

class Trainer {
  public:
    Trainer(const TrainingSettings& settings, const Metric& metric, Network& network, const TrainingRows& rows,
            const Loss& loss, Workers& workers);

    /// The unquantised network for the given epochs with its own optimiser; the loss of the last epoch.
    double train_float(std::int64_t epochs);
    /// Metric of the unquantised network on the validation or the test rows.
    double float_metric(bool test) const;

    /// One epoch of quantised training; returns its mean results. The number chooses the batches, the position (in
    /// epochs of the schedules) the learning rate.
    StepResult epoch(std::int64_t number, double position, double beta);
    /// Calibrates on all rows and scores the validation rows; the network's tracked ranges are restored.
    struct Evaluation {
        Point point;
        Calibration calibration; ///< without its outputs
    };
    Evaluation evaluate(std::int64_t number, double beta) const;
    /// Discrete descent on loss + lambda * EBOPs over the training rows (polish.hpp); returns the loss.
    double polish(double lambda, const std::function<bool()>& stop = {});
    /// What evaluated last.
    const Engine<double>& exact() const { return exact_; }
    /// Metric of a network that has learned nothing and always says the largest class, or the targets' mean.
    double chance_metric() const;

    Adam& optimizer() { return adam_; }

  private:
    StepResult run_epoch(std::int64_t number, double position, Mode mode, double beta, Adam& adam,
                         const LearningRate& rate, std::uint64_t stream);

    struct Which {
        std::size_t first, last, step = 1;
    };
    /// Metric of these of the rows; outputs are row-major.
    double metric_of(std::span<const double> outputs, const Rows<double>& rows, std::span<const double> targets,
                     const Which& which) const;

    const TrainingSettings& settings_;
    Metric metric_;
    Network& network_;
    const TrainingRows& rows_;
    Loss loss_;
    Workers& workers_;
    Engine<float> engine_;
    mutable Engine<double> exact_; ///< its buffers are scratch
    Adam adam_;
};

} // namespace bitgrain::nn
