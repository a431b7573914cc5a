#include "fx/arithmetic.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace bitgrain::fx {

namespace {

/// floor, nearest with ties up, or nearest with ties to even, of code * 2^-drop (drop > 0).
std::int64_t round_off(std::int64_t code, int drop, Round round) {
    // Beyond 62 dropped bits every code is below half a step, so the largest useful drop is 63.
    const int shift = std::min(drop, 63);
    const std::int64_t floor = code >> shift;
    if (round == Round::trn) return floor;
    const std::uint64_t rest = static_cast<std::uint64_t>(code) & ((std::uint64_t{1} << shift) - 1);
    const std::uint64_t half = std::uint64_t{1} << (shift - 1);
    if (drop > 63) return rest == 0 || code > 0 ? floor : floor + 1; // |value| < 1/2: nearest is 0
    if (rest > half) return floor + 1;
    if (rest < half) return floor;
    return round == Round::rnd ? floor + 1 : floor + (floor & 1);
}

} // namespace

std::int64_t shift_left(std::int64_t code, int shift) {
    CHECK(shift >= 0, "negative shift");
    if (code == 0) return 0;
    CHECK(magnitude_bits(code) + shift <= max_code_bits, "a number needs more than 62 bits");
    return code * (std::int64_t{1} << shift);
}

std::int64_t to_fraction(std::int64_t code, int fraction, int new_fraction) {
    if (new_fraction >= fraction || code == 0) return code == 0 ? 0 : shift_left(code, new_fraction - fraction);
    const int drop = fraction - new_fraction;
    const std::int64_t result = shift_right(code, drop);
    CHECK(drop < 63 && result * (std::int64_t{1} << drop) == code, "value is not on the grid");
    return result;
}

std::int64_t cast(std::int64_t code, int fraction, const Cast& cast) {
    const Format& f = cast.format;
    if (f.is_zero() || code == 0) return 0;
    const Interval range = range_of(cast);
    const int grow = f.fraction - fraction;
    if (cast.overflow != Overflow::wrap) {
        // Too wide to shift means far outside a format of at most 62 bits.
        if (grow > 0 && magnitude_bits(code) + grow > max_code_bits) return code > 0 ? range.hi : range.lo;
        const std::int64_t rounded = grow >= 0 ? shift_left(code, grow) : round_off(code, -grow, cast.round);
        return std::clamp(rounded, range.lo, range.hi);
    }
    // Modulo 2^width: an unsigned shift drops the high bits by itself.
    const std::uint64_t bits = grow > 63   ? 0
                               : grow >= 0 ? static_cast<std::uint64_t>(code) << grow
                                           : static_cast<std::uint64_t>(round_off(code, -grow, cast.round));
    const std::uint64_t mask = (std::uint64_t{1} << f.width()) - 1;
    const bool negative = f.sign && ((bits >> (f.width() - 1)) & 1) != 0;
    return static_cast<std::int64_t>(negative ? bits | ~mask : bits & mask);
}

double cast(double value, const Cast& cast) {
    if (std::isnan(value)) throw Error("not a number (NaN) has no fixed-point value");
    const Format& f = cast.format;
    if (f.is_zero()) return 0.0;
    const Interval range = range_of(cast);
    CHECK(f.width() <= max_exact_bits, "format is too wide for double");
    if (std::isinf(value)) {
        if (cast.overflow == Overflow::wrap) throw Error("infinity cannot wrap into a fixed-point format");
        return std::ldexp(static_cast<double>(value > 0 ? range.hi : range.lo), -f.fraction);
    }
    double u = std::ldexp(value, f.fraction); // exact, or infinite, or far below half a step
    if (u == 0.0 && value < 0.0) u = -std::numeric_limits<double>::denorm_min(); // its floor is -1, not 0
    if (std::isinf(u) && cast.overflow == Overflow::wrap) return 0.0;            // a multiple of every modulus
    double q = std::floor(u);
    const double rest = u - q; // exact, except above -1/2, where it is rounded to something >= 1/2 as it should
    switch (cast.round) {
    case Round::trn:
        break;
    case Round::rnd:
        q += rest >= 0.5 ? 1.0 : 0.0;
        break;
    case Round::rnd_conv:
        q += rest > 0.5 || (rest == 0.5 && std::fmod(q, 2.0) != 0.0) ? 1.0 : 0.0;
        break;
    }
    if (cast.overflow != Overflow::wrap) {
        q = std::clamp(q, static_cast<double>(range.lo), static_cast<double>(range.hi));
    } else {
        const double modulus = std::ldexp(1.0, f.width());
        q = std::fmod(q, modulus); // exact
        if (q < static_cast<double>(range.lo)) q += modulus;
        if (q > static_cast<double>(range.hi)) q -= modulus;
    }
    return std::ldexp(q, -f.fraction) + 0.0; // + 0.0 turns -0.0 into 0.0
}

Dyadic to_dyadic(double value) {
    CHECK(std::isfinite(value), "constant is not finite");
    if (value == 0.0) return {};
    int exponent = 0;
    const double mantissa = std::frexp(value, &exponent);
    auto code = static_cast<std::int64_t>(std::ldexp(mantissa, max_exact_bits));
    const int zeros = std::countr_zero(static_cast<std::uint64_t>(code));
    return {code >> zeros, max_exact_bits - exponent - zeros};
}

double to_double(std::int64_t code, int fraction) {
    CHECK(magnitude_bits(code) <= max_exact_bits, "number does not fit a double");
    return std::ldexp(static_cast<double>(code), -fraction);
}

Interval constant(double value) {
    const Dyadic d = to_dyadic(value);
    return {d.code, d.code, d.fraction};
}

Interval to_fraction(const Interval& a, int new_fraction) {
    return {to_fraction(a.lo, a.fraction, new_fraction), to_fraction(a.hi, a.fraction, new_fraction), new_fraction};
}

Interval add(const Interval& a, const Interval& b) {
    if (a.is_zero()) return b;
    if (b.is_zero()) return a;
    const int fraction = std::max(a.fraction, b.fraction);
    const Interval x = to_fraction(a, fraction), y = to_fraction(b, fraction);
    const Interval sum{x.lo + y.lo, x.hi + y.hi, fraction};
    CHECK(magnitude_bits(sum.lo) <= max_code_bits && magnitude_bits(sum.hi) <= max_code_bits,
          "a sum needs more than 62 bits");
    return sum;
}

Interval negate(const Interval& a) {
    return {-a.hi, -a.lo, a.fraction};
}

Interval scale(const Interval& a, int shift) {
    return {a.lo, a.hi, a.fraction - shift};
}

Interval multiply(const Interval& a, const Interval& b) {
    CHECK(std::max(magnitude_bits(a.lo), magnitude_bits(a.hi)) + std::max(magnitude_bits(b.lo), magnitude_bits(b.hi)) <=
              max_code_bits,
          "a product needs more than 62 bits");
    const auto [lo, hi] = std::minmax({a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi});
    return {lo, hi, a.fraction + b.fraction};
}

Interval relu(const Interval& a) {
    return {std::max<std::int64_t>(a.lo, 0), std::max<std::int64_t>(a.hi, 0), a.fraction};
}

namespace {

/// Both on one grid; the constant zero is on every grid and takes the other's.
std::pair<Interval, Interval> aligned(const Interval& a, const Interval& b) {
    const int fraction = a.is_zero() ? b.fraction : b.is_zero() ? a.fraction : std::max(a.fraction, b.fraction);
    return {to_fraction(a, fraction), to_fraction(b, fraction)};
}

/// Wrapped codes of a contiguous range: when no multiple of the modulus lies between its ends, the ends' images,
/// otherwise everything, because the last code before and the first one after the seam are both in the range.
Interval wrapped(const Interval& a, const Format& format, int drop) {
    const int width = format.width() - drop;
    if (width <= 0) return {0, 0, format.fraction};
    const std::int64_t lowest = shift_right(format.min_code(), drop);
    if (shift_right(a.lo - lowest, width) != shift_right(a.hi - lowest, width)) {
        return {lowest, shift_right(format.max_code(), drop), a.fraction};
    }
    const Cast same_grid{{format.sign, format.integer, a.fraction}, Round::trn, Overflow::wrap};
    return {cast(a.lo, a.fraction, same_grid), cast(a.hi, a.fraction, same_grid), a.fraction};
}

} // namespace

Interval maximum(const Interval& a, const Interval& b) {
    const auto [x, y] = aligned(a, b);
    return {std::max(x.lo, y.lo), std::max(x.hi, y.hi), x.fraction};
}

Interval hull(const Interval& a, const Interval& b) {
    const auto [x, y] = aligned(a, b);
    return {std::min(x.lo, y.lo), std::max(x.hi, y.hi), x.fraction};
}

Interval cast(const Interval& a, const Cast& cast) {
    const Format& f = cast.format;
    if (f.is_zero() || a.is_zero()) return {0, 0, f.fraction};
    // Results of an input on a coarser grid stay on that grid (drop > 0); otherwise rounding, which is monotone, comes
    // first.
    const int drop = std::max(f.fraction - a.fraction, 0);
    Interval rounded = a;
    if (a.fraction > f.fraction) {
        const int bits = a.fraction - f.fraction;
        rounded = {round_off(a.lo, bits, cast.round), round_off(a.hi, bits, cast.round), f.fraction};
    }
    if (cast.overflow == Overflow::wrap) return wrapped(rounded, f, drop);
    const Interval range = range_of(cast);
    if (rounded.lo >= -shift_right(-range.lo, drop) && rounded.hi <= shift_right(range.hi, drop)) return rounded;
    const Interval result{fx::cast(a.lo, a.fraction, cast), fx::cast(a.hi, a.fraction, cast), f.fraction};
    // A bound that saturation put there may lie on the finer grid only.
    const bool coarse = drop > 0 && drop < 63 && (((result.lo | result.hi) & ((std::int64_t{1} << drop) - 1)) == 0);
    return coarse ? Interval{shift_right(result.lo, drop), shift_right(result.hi, drop), a.fraction} : result;
}

std::vector<Digit> signed_digits(std::int64_t code) {
    std::vector<Digit> digits;
    for (int power = 0; code != 0; ++power) {
        if ((code & 1) != 0) {
            const int sign = (code & 3) == 1 ? 1 : -1;
            digits.push_back({power, sign});
            code -= sign;
        }
        code /= 2;
    }
    return digits;
}

int signed_digit_count(std::int64_t code) {
    const std::uint64_t m = code < 0 ? 0 - static_cast<std::uint64_t>(code) : static_cast<std::uint64_t>(code);
    return std::popcount((m + (m << 1)) ^ m); // non-zero digits of m are the ones of (3m xor m)
}

int enclosed_bits(std::int64_t code) {
    return code == 0 ? 0 : magnitude_bits(code) - std::countr_zero(static_cast<std::uint64_t>(code));
}

} // namespace bitgrain::fx
