// One ramp: a network trained from its start values along the rising beta. Its folder holds state.ckpt (everything that
// is needed to continue), front.json and points/.
#pragma once

#include "nn/loss.hpp"
#include "nn/run_folder.hpp"
#include "nn/trainer.hpp"
#include "nn/workers.hpp"

#include <functional>
#include <optional>

namespace bitgrain::nn {

/// What a network trains on; refers to what the caller keeps.
struct TrainingTask {
    const Experiment& experiment;
    TrainingSettings settings; ///< in place of the experiment's
    const InputFacts& facts;
    const TrainingRows& rows;
    const Loss& loss;
};

struct RampOptions {
    bool resume = false;           ///< from the folder's state.ckpt
    std::optional<double> seconds; ///< time budget: the schedules are compressed to end in it
    bool stretch = true;           ///< or stretched to fill it
    double save_seconds = 5.0;
    std::function<bool()> stop; ///< between two epochs: ends without saving
    std::function<void(const Progress&)> progress;
};

struct RampResult {
    Front front;
    double seconds = 0.0; ///< spent, in all sessions
};

RampResult run_ramp(const TrainingTask& task, const RunFolder& folder, Workers& workers, const RampOptions& options);

} // namespace bitgrain::nn
