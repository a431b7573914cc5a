// A value as an exact combination of the inputs and constants: sum of coefficient * source. Every node of a graph is
// one, so its range over independent inputs is exact (interval addition is not: 4x - x).
#pragma once

#include "cmvm/range.hpp"
#include "fx/format.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::cmvm {

struct Coefficient {
    std::uint32_t source = 0;
    std::int64_t factor = 0; ///< never 0

    friend bool operator==(const Coefficient&, const Coefficient&) = default;
};

/// Sources rise. Real value = sum factor * source * 2^-fraction of nothing else: the factors are plain integers.
using LinearForm = std::vector<Coefficient>;

/// a * 2^shift_a +- b * 2^shift_b, shifts >= 0. InternalError when a factor would leave 62 bits.
LinearForm combine(const LinearForm& a, int shift_a, bool negate_a, const LinearForm& b, int shift_b, bool negate_b);

/// Divides by the common power of two and makes the first factor positive; returns what was taken out.
struct Taken {
    int shift = 0;
    bool negate = false;
};
Taken normalise(LinearForm& form);

/// Bits of the factor below its lowest one.
int trailing_zeros(std::int64_t factor);

/// Of an input or a node, for the search.
Range range_of(const fx::Interval& interval);
/// Range for the search. Sources: their ranges.
Range range_of(const LinearForm& form, std::span<const Range> sources);
/// Exact interval on the finest grid the form needs. Error-free only within 62 bits: InternalError beyond.
fx::Interval interval_of(const LinearForm& form, std::span<const fx::Interval> sources);

/// For look-up only, never for order.
std::uint64_t hash_of(const LinearForm& form);

} // namespace bitgrain::cmvm
