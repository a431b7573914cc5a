// Everything a training run learns or tracks, as named slices of one flat array: one vector loop is the optimiser, one
// blob is the checkpoint. Slices that are tracked but not learned (running ranges, moving statistics) simply have no
// gradient.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::nn {

struct ParameterSlice {
    std::string name; ///< "dense_1.kernel"
    std::size_t offset = 0;
    std::size_t size = 0;
    float lo = -std::numeric_limits<float>::infinity(); ///< values are clipped to [lo, hi] after every update
    float hi = std::numeric_limits<float>::infinity();
    float pull = 0.0F; ///< constant added to the gradient: the signed L1 of widths (method, 4.3)
    float dead = 0.0F; ///< value of an element that was compacted away: as if it were not there
    /// A compacted network: which elements of the whole slice these are, ascending. Empty: all.
    std::vector<std::uint32_t> live = {};

    /// Index in the whole slice.
    std::size_t whole(std::size_t i) const { return live.empty() ? i : live[i]; }
};

class Parameters {
  public:
    /// Returns the number of the slice; offset and size follow from the values.
    std::size_t add(ParameterSlice slice, std::span<const float> values);

    const std::vector<ParameterSlice>& slices() const { return slices_; }
    std::span<float> slice(std::size_t number) {
        return std::span(values_).subspan(slices_[number].offset, slices_[number].size);
    }
    std::span<const float> slice(std::size_t number) const {
        return std::span(values_).subspan(slices_[number].offset, slices_[number].size);
    }
    std::vector<float>& values() { return values_; }
    const std::vector<float>& values() const { return values_; }
    /// For start values found by looking at the data.
    void set_bounds(std::size_t number, float lo, float hi);

  private:
    std::vector<ParameterSlice> slices_;
    std::vector<float> values_;
};

} // namespace bitgrain::nn
