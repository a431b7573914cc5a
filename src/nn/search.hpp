// The baselines of the method in the same program: fixed widths per layer, chosen by several trainings instead of by
// gradients. `network` trains one network per width, used everywhere (uniform quantization); `layers` looks for a width
// of each layer's kernel and input the way AutoQKeras does (arXiv 2006.10159), by random search with successive halving
// (arXiv 1502.07943): all trials train for a short time, the best third goes on three times as long, until few are
// left. What counts as best is the Pareto rank in metric and EBOPs.
//
// The run folder is one like any other: every trial has the same parameters, so each point of its front freezes and
// builds. Trials follow from the seed alone.
#pragma once

#include "nn/experiment.hpp"
#include "nn/train.hpp"

#include <cstdint>

namespace bitgrain::nn {

enum class Search : std::uint8_t { network, layers };

/// The front over all trials; its events tell the widths of each. The experiment's `training.epochs` are those of a
/// trial that reaches the end; `options.resume` and targets are not for a search.
Front search(const Experiment& experiment, const TrainOptions& options, Search kind);

} // namespace bitgrain::nn
