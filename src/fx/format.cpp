#include "fx/format.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

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
    if (other.fraction > fraction) return false;
    const Interval aligned = to_fraction(other, fraction);
    return lo <= aligned.lo && aligned.hi <= hi;
}

Format format_of(const Interval& interval) {
    const int width = interval.width();
    if (width == 0) return {false, -interval.fraction, interval.fraction};
    const bool sign = interval.is_signed();
    return {sign, width - (sign ? 1 : 0) - interval.fraction, interval.fraction};
}

Interval range_of(const Format& format) { return {format.min_code(), format.max_code(), format.fraction}; }

Interval range_of(const Cast& cast) {
    Interval range = range_of(cast.format);
    if (cast.overflow == Overflow::sat_sym && range.lo < 0) range.lo = -range.hi;
    return range;
}

const char* name(Round round) {
    switch (round) {
    case Round::trn: return "TRN";
    case Round::rnd: return "RND";
    case Round::rnd_conv: return "RND_CONV";
    }
    return "";
}

const char* name(Overflow overflow) {
    switch (overflow) {
    case Overflow::wrap: return "WRAP";
    case Overflow::sat: return "SAT";
    case Overflow::sat_sym: return "SAT_SYM";
    }
    return "";
}

std::string name(const Format& format) {
    if (format.is_zero()) return "zero";
    return (format.sign ? "s" : "u") + std::to_string(format.integer) + "." + std::to_string(format.fraction);
}

} // namespace bitgrain::fx
