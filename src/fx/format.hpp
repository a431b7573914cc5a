// Fixed-point formats, intervals and casts: the vocabulary of the whole product.
// Conventions of HGQ (arXiv 2405.00645, section III): a format is (sign, integer, fraction); integer bits exclude the
// sign; integer and fraction may be negative; a width of 0 or less means the constant zero.
//
// Numbers are codes: the value is code * 2^-fraction. Codes that are compared with doubles stay within 53 bits, all
// codes within 62; what could leave that is refused here with an InternalError (callers check user input first).
#pragma once

#include <cstdint>
#include <string>

namespace bitgrain::fx {

/// Largest magnitude of a code: 2^62 - 1, one spare bit before int64 overflows.
inline constexpr int max_code_bits = 62;
/// Codes up to this many bits are exact in double.
inline constexpr int max_exact_bits = 53;

/// The set n * 2^-fraction, -sign * 2^(integer + fraction) <= n < 2^(integer + fraction).
struct Format {
    bool sign = false;
    int integer = 0;
    int fraction = 0;

    int width() const { return (sign ? 1 : 0) + integer + fraction; }
    bool is_zero() const { return width() <= 0; }
    /// Largest and smallest code; 0 when is_zero().
    std::int64_t max_code() const;
    std::int64_t min_code() const;

    friend bool operator==(const Format&, const Format&) = default;
};

/// Every value on a wire is n * 2^-fraction with lo <= n <= hi. Width and sign are derived, never stored.
struct Interval {
    std::int64_t lo = 0;
    std::int64_t hi = 0;
    int fraction = 0;

    bool is_constant() const { return lo == hi; }
    bool is_zero() const { return lo == 0 && hi == 0; }
    bool is_signed() const { return lo < 0; }
    /// Bits of the narrowest two's-complement (unsigned when lo >= 0) container; 0 for the constant zero.
    int width() const;
    /// True when every value of the other interval is one of this one's.
    bool contains(const Interval& other) const;

    friend bool operator==(const Interval&, const Interval&) = default;
};

enum class Round : std::uint8_t {
    trn,      ///< floor(u)
    rnd,      ///< floor(u + 1/2): nearest, ties to plus infinity
    rnd_conv, ///< nearest, ties to even
};

enum class Overflow : std::uint8_t {
    wrap,    ///< two's complement: modulo 2^width
    sat,     ///< clamp to [min, max]
    sat_sym, ///< clamp to [-max, max]
};

/// The only lossy operation of the product.
struct Cast {
    Format format;
    Round round = Round::rnd;
    Overflow overflow = Overflow::wrap;

    friend bool operator==(const Cast&, const Cast&) = default;
};

/// The narrowest format that holds the interval (method, rule 5.1). Constant zero: width 0.
Format format_of(const Interval& interval);
/// All values of the format; {0, 0, fraction} for a zero format.
Interval range_of(const Format& format);
/// What a cast can produce: like range_of, symmetric for sat_sym.
Interval range_of(const Cast& cast);

const char* name(Round round);       // "TRN", "RND", "RND_CONV"
const char* name(Overflow overflow); // "WRAP", "SAT", "SAT_SYM"
/// "s3.5" signed, 3 integer and 5 fraction bits; "u0.4"; "zero".
std::string name(const Format& format);

} // namespace bitgrain::fx
