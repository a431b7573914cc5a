// Runs a graph over rows: a step (forward, loss, backward) on a batch, or a forward pass over a whole set.
//
// Rows are cut into tiles of tile_rows. Tiles are dealt to slots (their number follows from the rows alone), each slot
// has its own gradients, ranges and sums, and slots are added up in order: the result does not depend on the number of
// threads. Float for training; double for calibration, inference and gradient checks.
#pragma once

#include "nn/aligned.hpp"
#include "nn/cost.hpp"
#include "nn/graph/run.hpp"
#include "nn/loss.hpp"
#include "nn/workers.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bitgrain::nn {

/// Rows of a data set as the engine reads them: features row-major, and what the loss needs.
template <class T>
struct Rows {
    std::size_t count = 0;
    std::size_t features = 0;
    std::vector<T> values;            ///< count x features
    std::vector<std::int32_t> labels; ///< classification
    std::vector<T> targets;           ///< regression: count x target_size
    std::size_t target_size = 0;
    std::vector<T> weights; ///< of the rows in the loss, mean 1; empty: all 1
};

struct StepResult {
    double loss = 0.0;  ///< task loss, mean over the rows
    double ebops = 0.0; ///< of the training-time widths
    std::size_t correct = 0;
};

template <class T>
class Engine {
  public:
    Engine(const Graph& graph, Var output, const std::vector<CostTerm>& cost, Parameters& parameters, Workers& workers);

    /// One training step on the given rows; gradient() then holds the gradient of loss + beta * EBOPs + pulls. Ranges
    /// of WRAP quantizers and moving statistics in the parameters are updated.
    StepResult step(const Rows<T>& data, std::span<const std::uint32_t> rows, Mode mode, const Loss& loss, double beta);

    const std::vector<T>& gradient() const { return parameter_gradient_; }

    /// Forward over all rows with moving statistics. `sink(first_row, rows, values)` gets the output of each tile,
    /// element-major; it is called from several threads, for disjoint rows. Returns the ranges seen (calibrate,
    /// unquantised).
    using Sink = std::function<void(std::size_t first, std::size_t rows, const T* output)>;
    Ranges<T> forward(const Rows<T>& data, Mode mode, const Sink& sink,
                      const std::vector<std::vector<fx::Cast>>* casts = nullptr);
    /// The same over the given rows; the sink counts along them.
    Ranges<T> forward(const Rows<T>& data, std::span<const std::uint32_t> rows, Mode mode, const Sink& sink,
                      const std::vector<std::vector<fx::Cast>>* casts = nullptr);

    /// Value of a shared Var after the last step() or forward().
    std::span<const T> shared_value(Var var) const;
    /// EBOPs of the present widths, after the last step() or forward().
    double ebops() const;

  private:
    struct Slot {
        AlignedVector<T>
            shared_gradients; ///< those that come from tiles; empty in the first slot, which adds to the total
        Ranges<T> ranges;
        Sums sums;
        double loss = 0.0;
        std::size_t correct = 0;
    };
    struct Frame {
        AlignedVector<T> values, gradients, scratch;
    };

    Run<T> shared_run(Mode mode, std::size_t batch_rows, std::size_t lanes);
    Run<T> tile_run(const Run<T>& shared, Slot& slot, Frame& frame, const Rows<T>& data,
                    std::span<const std::uint32_t> rows);
    void forward_shared(Run<T>& run, int phase);
    void prepare_tiles(Run<T>& run, int phase);
    void forward_tile(Run<T>& run, int phase);
    void backward_tile(Run<T>& run, int phase);
    void reset_ranges(std::size_t slots);
    void merge_ranges(std::size_t slots);
    void reduce_gradients(std::size_t slots);

    const Graph& graph_;
    Var output_;
    const std::vector<CostTerm>& cost_;
    Parameters& parameters_;
    Workers& workers_;

    void place_shared();
    void place_tiles();

    std::vector<std::size_t> offset_, gradient_offset_; ///< per Var, in the shared or the tile storage
    std::vector<bool> set_gradient_;                    ///< per Var: Run::sets
    std::size_t shared_size_ = 0, shared_gradients_size_ = 0, tile_gradients_size_ = 0; ///< of shared Vars
    std::size_t tile_size_ = 0, scratch_size_ = 0;
    std::vector<const Quantizer*> tile_quantizers_; ///< of per-sample Vars: their ranges come from every slot
    AlignedVector<T> shared_values_, shared_gradients_;
    std::vector<T> parameter_gradient_;
    std::vector<LiveWeights<T>> live_weights_; ///< per Var
    std::vector<Slot> slots_;
    std::vector<Frame> frames_; ///< one per thread, or one per tile when there are several phases
};

} // namespace bitgrain::nn
