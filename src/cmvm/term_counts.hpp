// How often each term stands in a number of places: one counter for every signal, shift and sign, in one array. What
// was counted before need not be erased: each round counts from a higher number.
#pragma once

#include "cmvm/pattern.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

namespace bitgrain::cmvm {

class TermCounts {
  public:
    /// Starts anew. Terms will be of signals below this number, with shifts of at most this magnitude, and no term is
    /// counted more often than `most`. Those counted at least `least` times are listed.
    void begin(std::size_t signals, int shift, std::uint32_t most, std::uint32_t least) {
        if (shift > reach_) {
            reach_ = shift;
            counts_.clear();
        }
        stride_ = 2 * (2 * static_cast<std::size_t>(reach_) + 1);
        if (counts_.size() < signals * stride_) counts_.resize(2 * signals * stride_);
        if (last_ > std::numeric_limits<std::uint32_t>::max() - 2 * most - 2) {
            std::fill(counts_.begin(), counts_.end(), 0);
            last_ = 0;
        }
        base_ = last_;
        last_ = base_ + most;
        least_ = base_ + least;
        listed_.clear();
    }
    void count(const RowTerm& term) {
        std::uint32_t& at = counts_[place(term)];
        at = std::max(at, base_) + 1;
        if (at == least_) listed_.push_back(term);
    }
    /// In the order in which they became frequent enough.
    const std::vector<RowTerm>& listed() const { return listed_; }
    std::uint32_t count_of(const RowTerm& term) const { return counts_[place(term)] - base_; }

  private:
    std::size_t place(const RowTerm& term) const {
        return term.signal * stride_ + static_cast<std::size_t>(2 * (term.shift + reach_) + (term.negate ? 1 : 0));
    }

    std::vector<std::uint32_t> counts_;
    std::vector<RowTerm> listed_;
    std::size_t stride_ = 0;
    int reach_ = 0;
    std::uint32_t base_ = 0, last_ = 0, least_ = 0;
};

} // namespace bitgrain::cmvm
