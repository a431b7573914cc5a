// Can a sum still finish in time? With operands of depth d_k and adders of B operands the least depth of their sum is
// ceil(log_B(sum_k B^d_k)) (Kraft), so "in time" is: the sum of the weights B^d_k is at most B^limit. Exact and O(1) to
// update when terms are merged.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

namespace bitgrain::cmvm {

/// Least depth of one sum of terms with these depths; 0 for none.
int least_depth(std::span<const int> depths, int operands);

class DepthRule {
  public:
    /// `deepest`: the largest limit that will be asked for; none: no limit, everything fits.
    DepthRule(int operands, std::optional<int> deepest);

    bool limited() const { return limited_; }
    int operands() const { return operands_; }

    /// B^depth in units of the smallest weight that is told apart. Depths far below the deepest limit all weigh one
    /// unit, which errs on the safe side.
    std::int64_t weight(int depth) const {
        if (!limited_) return 0;
        const int index = depth - floor_;
        return weights_[static_cast<std::size_t>(index < 0 ? 0 : (index > last_ ? last_ : index))];
    }
    /// Least depth whose weight is at least `total`.
    int depth_for(std::int64_t total) const;

  private:
    bool limited_;
    int operands_;
    int floor_ = 0;                          ///< depth that weighs one unit
    int last_ = 0;                           ///< largest index
    std::array<std::int64_t, 48> weights_{}; ///< B^index
};

} // namespace bitgrain::cmvm
