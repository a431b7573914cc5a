// Input vectors for verification, in order: rows of data, corners of the port's range, random ones over the whole
// range.
#pragma once

#include "base/random.hpp"
#include "fx/format.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::cli {

class Stimulus {
  public:
    explicit Stimulus(std::vector<fx::Format> formats);

    /// Rows of codes inside the formats.
    void add_data(std::span<const std::int64_t> codes);
    /// All zero, all smallest, all largest (in turns, so that every bit toggles), both alternating patterns, and each
    /// input alone at each end of its range with the others at zero: ranges no calibration has seen.
    void add_corners();
    /// In turn uniform over the ranges, ends of the ranges only, and mostly zero.
    void add_random(std::size_t rows, std::uint64_t seed);

    std::size_t rows() const { return formats_.empty() ? 0 : codes_.size() / formats_.size(); }
    std::size_t data_rows() const { return data_rows_; }
    std::size_t corner_rows() const { return corner_rows_; }
    std::size_t random_rows() const { return rows() - data_rows_ - corner_rows_; }
    std::span<const std::int64_t> codes() const { return codes_; }
    /// "row 17 of the data", "corner 3", "random vector 99".
    std::string describe(std::size_t row) const;

  private:
    template <class Function>
    void add_row(Function&& code_of);

    std::vector<fx::Format> formats_;
    std::vector<std::int64_t> codes_;
    std::size_t data_rows_ = 0, corner_rows_ = 0;
};

} // namespace bitgrain::cli
