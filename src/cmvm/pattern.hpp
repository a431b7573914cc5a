// A pair of terms up to common shift and sign: first + (-1)^negate * 2^shift * second. first < second, or the same
// signal and shift > 0. Packed in 64 bits so that it is its own key: equal keys are equal patterns.
#pragma once

#include <cstdint>

namespace bitgrain::cmvm {

/// A term of a sum: signal * 2^shift, added or subtracted.
struct RowTerm {
    std::uint32_t signal = 0;
    std::int16_t shift = 0;
    bool negate = false;

    friend bool operator==(const RowTerm&, const RowTerm&) = default;
};

inline RowTerm moved(const RowTerm& term, int shift, bool negate) {
    return {term.signal, static_cast<std::int16_t>(term.shift + shift), term.negate != negate};
}

class Pattern {
  public:
    static constexpr std::uint32_t max_signals = 1u << 24;

    explicit Pattern(std::uint64_t key) : key_(key) {}
    Pattern(const RowTerm& a, const RowTerm& b) {
        const bool ordered = a.signal < b.signal || (a.signal == b.signal && a.shift < b.shift);
        const RowTerm& p = ordered ? a : b;
        const RowTerm& q = ordered ? b : a;
        const int distance = q.shift - p.shift + bias;
        key_ = (static_cast<std::uint64_t>(p.signal) << 40) | (static_cast<std::uint64_t>(q.signal) << 16) |
               (static_cast<std::uint64_t>(distance) << 1) | static_cast<std::uint64_t>(p.negate != q.negate);
    }

    std::uint64_t key() const { return key_; }
    std::uint32_t first() const { return static_cast<std::uint32_t>(key_ >> 40); }
    std::uint32_t second() const { return static_cast<std::uint32_t>(key_ >> 16) & (max_signals - 1); }
    int shift() const { return static_cast<int>((key_ >> 1) & 0x7fff) - bias; }
    bool negate() const { return (key_ & 1) != 0; }

  private:
    static constexpr int bias = 1 << 14;

    std::uint64_t key_;
};

} // namespace bitgrain::cmvm
