// The one op with a per-sample input and a shared result; the engine drives it by its parts.
#pragma once

#include "nn/graph/run.hpp"

namespace bitgrain::nn {

class BatchStatistics final : public Op {
  public:
    BatchStatistics(Var z, Var y, std::size_t moving_slice, double momentum, std::size_t size, std::size_t positions,
                    std::size_t sums_offset)
        : z_(z), y_(y), moving_slice_(moving_slice), sums_offset_(sums_offset), momentum_(momentum), size_(size),
          positions_(positions) {}

    const BatchStatistics* statistics() const override { return this; }
    std::size_t sums_offset() const { return sums_offset_; }
    Var z() const { return z_; }

    /// Training, phase of z, every tile: adds this tile to run.sums.
    template <class T>
    void accumulate(Run<T>& run) const;
    /// Training, after phase of z: mean and variance from the sums of all slots, this op's (from sums_offset on);
    /// updates the moving ones.
    template <class T>
    void finish(Run<T>& run, const double* sums) const;
    /// Training, backward, phase of z, every tile, before the tile's own backward: gradient of z from those of the
    /// result.
    template <class T>
    void spread(Run<T>& run, const T* shared_gradient) const;

    /// Calibration and inference: the moving statistics.
    void forward(Run<float>& run) const override;
    void forward(Run<double>& run) const override;
    void backward(Run<float>&) const override {}
    void backward(Run<double>&) const override {}

  private:
    template <class T>
    void moving(Run<T>& run) const;

    Var z_, y_;
    std::size_t moving_slice_, sums_offset_;
    double momentum_;
    std::size_t size_, positions_; ///< of a result; z has size_ elements at each position
};

} // namespace bitgrain::nn
