#include "fx/format.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <bit>

namespace bitgrain::fx {

std::int64_t Format::max_code() const {
    if (is_zero()) return 0;
    const int bits = integer + fraction;
    CHECK(bits <= max_code_bits, "format is too wide");
    return (std::int64_t{1} << bits) - 1;
}

std::int64_t Format::min_code() const {
    if (is_zero() || !sign) return 0;
    return -max_code() - 1;
}

int Interval::width() const {
    if (is_zero()) return 0;
    // Two's complement holds -2^n .. 2^n - 1 in n + 1 bits, so -lo counts as -lo - 1 (that is ~lo).
    return std::max(magnitude_bits(hi > 0 ? hi : 0), lo < 0 ? magnitude_bits(~lo) : 0) + (lo < 0 ? 1 : 0);
}

bool Interval::contains(const Interval& other) const {
    if (other.is_zero()) return lo <= 0 && hi >= 0;
    Interval value = other;
    if (value.fraction > fraction) {
        // Neighbouring codes are never both on a coarser grid; a constant may be.
        const int drop = value.fraction - fraction;
        if (!value.is_constant() || std::countr_zero(static_cast<std::uint64_t>(value.lo)) < drop) return false;
        return lo <= shift_right(value.lo, drop) && shift_right(value.hi, drop) <= hi;
    }
    const int grow = fraction - value.fraction;
    if (std::max(magnitude_bits(value.lo), magnitude_bits(value.hi)) + grow > max_code_bits) return false;
    value = to_fraction(value, fraction);
    return lo <= value.lo && value.hi <= hi;
}

Format format_of(const Interval& interval) {
    const int width = interval.width();
    if (width == 0) return {false, -interval.fraction, interval.fraction};
    const bool sign = interval.is_signed();
    return {sign, width - (sign ? 1 : 0) - interval.fraction, interval.fraction};
}

Interval range_of(const Format& format) {
    return {format.min_code(), format.max_code(), format.fraction};
}

Interval range_of(const Cast& cast) {
    Interval range = range_of(cast.format);
    if (cast.overflow == Overflow::sat_sym && range.lo < 0) range.lo = -range.hi;
    return range;
}

const char* name(Round round) {
    switch (round) {
    case Round::trn:
        return "TRN";
    case Round::rnd:
        return "RND";
    case Round::rnd_conv:
        return "RND_CONV";
    }
    return "";
}

const char* name(Overflow overflow) {
    switch (overflow) {
    case Overflow::wrap:
        return "WRAP";
    case Overflow::sat:
        return "SAT";
    case Overflow::sat_sym:
        return "SAT_SYM";
    }
    return "";
}

std::string name(const Format& format) {
    if (format.is_zero()) return "zero";
    std::string text(1, format.sign ? 's' : 'u');
    text += std::to_string(format.integer);
    text += '.';
    return text += std::to_string(format.fraction);
}

} // namespace bitgrain::fx
