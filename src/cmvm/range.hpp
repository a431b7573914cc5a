// Approximate arithmetic on ranges for the search: what an adder of two terms would cost, in a few nanoseconds.
// Values are doubles times the real unit (no codes), so aligning two grids costs nothing; up to 53 bits they are exact,
// beyond that only a choice may suffer, never the result (build_graph.hpp computes the exact intervals).
// Model: bits of the carry chain that are neither wires below the coarser operand nor above the result (exact-interval
// LUT model, see README.md).
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

namespace bitgrain::cmvm {

/// 2^exponent, |exponent| < 1000.
inline double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
}

/// Least n with 2^n >= x, for a normal x > 0.
inline int ceil_log2(double x) {
    const std::uint64_t bits = std::bit_cast<std::uint64_t>(x);
    const bool between_powers = (bits & ((std::uint64_t{1} << 52) - 1)) != 0;
    return static_cast<int>((bits >> 52) & 0x7ff) - 1023 + (between_powers ? 1 : 0);
}

/// Real values lo..hi, all multiples of 2^lsb.
struct Range {
    double lo = 0.0;
    double hi = 0.0;
    int lsb = 0;
};

inline Range scaled(const Range& a, int shift) {
    const double factor = power_of_two(shift);
    return {a.lo * factor, a.hi * factor, a.lsb + shift};
}
inline Range negated(const Range& a) {
    return {-a.hi, -a.lo, a.lsb};
}
inline Range sum(const Range& a, const Range& b) {
    return {a.lo + b.lo, a.hi + b.hi, std::min(a.lsb, b.lsb)};
}

/// First bit position above the two's-complement container, the sign included. Positions are powers of two.
inline int top(const Range& a) {
    const double magnitude = std::max(-a.lo, a.hi + power_of_two(a.lsb));
    return ceil_log2(magnitude) + (a.lo < 0 ? 1 : 0);
}

/// A term of a sum: the stored range and whether it is subtracted. The sign of a stored result is free to choose.
struct SignedRange {
    Range range;
    bool negate = false;
};

/// What an adder makes: its stored result, to be used with `value.negate`, and its cost.
struct Joined {
    SignedRange value;
    int bits = 0; ///< carry positions
    bool concatenation = false;
};

/// The two-operand adder in its cheaper sense: the operand with the finer grid is never subtracted, so its low bits are
/// wires. No borrow, no cost for two operands that do not overlap.
Joined join(const SignedRange& a, const SignedRange& b);
/// The three-operand adder: the positions from the second-finest grid up.
Joined join(const SignedRange& a, const SignedRange& b, const SignedRange& c);

} // namespace bitgrain::cmvm
