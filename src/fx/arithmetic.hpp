// Exact fixed-point arithmetic over codes, doubles and intervals. Nothing outside fx/ and rtl_lib/ shifts, rounds,
// wraps or saturates.
#pragma once

#include "fx/format.hpp"

#include <bit>
#include <cstdint>
#include <vector>

namespace bitgrain::fx {

/// Bits of the magnitude: 0 -> 0, 1 -> 1, 255 -> 8, -256 -> 9.
inline int magnitude_bits(std::int64_t code) {
    const std::uint64_t m = code < 0 ? 0 - static_cast<std::uint64_t>(code) : static_cast<std::uint64_t>(code);
    return static_cast<int>(std::bit_width(m));
}

/// code * 2^shift for shift >= 0; InternalError when the result would need more than 62 bits.
std::int64_t shift_left(std::int64_t code, int shift);
/// floor(code * 2^-shift) for shift >= 0 of any size.
inline std::int64_t shift_right(std::int64_t code, int shift) {
    return code >> (shift > 63 ? 63 : shift);
}

/// A code on another grid; the new grid must hold the value exactly.
std::int64_t to_fraction(std::int64_t code, int fraction, int new_fraction);

/// Casts code * 2^-fraction; returns the code on the grid of cast.format. A zero format gives 0.
std::int64_t cast(std::int64_t code, int fraction, const Cast& cast);
/// The same on a double; exact for every double whose result has at most 53 bits. NaN is refused with an Error.
double cast(double value, const Cast& cast);

/// A value of the form integer * 2^n as code and fraction, fraction as small as possible (0 has fraction 0).
struct Dyadic {
    std::int64_t code = 0;
    int fraction = 0;
};
/// Every finite double is dyadic.
Dyadic to_dyadic(double value);
double to_double(std::int64_t code, int fraction);

// ---- intervals: the smallest interval that holds every result, operands independent ----
Interval constant(double value);
/// Moves to a grid at least as fine.
Interval to_fraction(const Interval& a, int new_fraction);
Interval add(const Interval& a, const Interval& b);
Interval negate(const Interval& a);
/// a * 2^shift: the codes stay, the grid moves.
Interval scale(const Interval& a, int shift);
Interval multiply(const Interval& a, const Interval& b);
Interval relu(const Interval& a);
Interval maximum(const Interval& a, const Interval& b);
/// The union's hull, on the finer grid (the constant zero is on every grid).
Interval hull(const Interval& a, const Interval& b);
/// Exactly the hull of the images. On the grid of the format, or of the input when that is coarser and no saturation
/// leaves it.
Interval cast(const Interval& a, const Cast& cast);

/// Canonical signed digits (no two neighbours non-zero): code = sum of sign * 2^power, powers rising. Reitwiesner 1960.
struct Digit {
    int power;
    int sign; ///< +1 or -1
};
std::vector<Digit> signed_digits(std::int64_t code);
int signed_digit_count(std::int64_t code);

/// Bits between the highest and the lowest set bit of |code|, both included; 0 for 0 (EBOPs of a constant, method 6).
int enclosed_bits(std::int64_t code);

} // namespace bitgrain::fx
