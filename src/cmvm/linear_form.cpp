#include "cmvm/linear_form.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <bit>

namespace bitgrain::cmvm {

int trailing_zeros(std::int64_t factor) {
    return std::countr_zero(static_cast<std::uint64_t>(factor));
}

LinearForm combine(const LinearForm& a, int shift_a, bool negate_a, const LinearForm& b, int shift_b, bool negate_b) {
    const auto term = [](std::int64_t factor, int shift, bool negate) {
        const std::int64_t shifted = fx::shift_left(factor, shift);
        return negate ? -shifted : shifted;
    };
    LinearForm result;
    result.reserve(a.size() + b.size());
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
        if (j == b.size() || (i < a.size() && a[i].source < b[j].source)) {
            result.push_back({a[i].source, term(a[i].factor, shift_a, negate_a)});
            ++i;
        } else if (i == a.size() || b[j].source < a[i].source) {
            result.push_back({b[j].source, term(b[j].factor, shift_b, negate_b)});
            ++j;
        } else {
            const std::int64_t factor = term(a[i].factor, shift_a, negate_a) + term(b[j].factor, shift_b, negate_b);
            CHECK(fx::magnitude_bits(factor) <= fx::max_code_bits, "a coefficient needs more than 62 bits");
            if (factor != 0) result.push_back({a[i].source, factor});
            ++i;
            ++j;
        }
    }
    return result;
}

Taken normalise(LinearForm& form) {
    Taken taken;
    if (form.empty()) return taken;
    std::uint64_t all = 0;
    for (const Coefficient& c : form)
        all |= static_cast<std::uint64_t>(c.factor);
    taken.shift = std::countr_zero(all);
    taken.negate = form.front().factor < 0;
    if (taken.shift == 0 && !taken.negate) return taken;
    for (Coefficient& c : form) {
        c.factor = fx::shift_right(c.factor, taken.shift);
        if (taken.negate) c.factor = -c.factor;
    }
    return taken;
}

Range range_of(const LinearForm& form, std::span<const Range> sources) {
    Range range;
    bool first = true;
    for (const Coefficient& c : form) {
        const Range& source = sources[c.source];
        const double factor = static_cast<double>(c.factor);
        range.lo += factor * (c.factor > 0 ? source.lo : source.hi);
        range.hi += factor * (c.factor > 0 ? source.hi : source.lo);
        const int lsb = source.lsb + trailing_zeros(c.factor);
        range.lsb = first ? lsb : std::min(range.lsb, lsb);
        first = false;
    }
    return range;
}

Range range_of(const fx::Interval& interval) {
    const double unit = power_of_two(-interval.fraction);
    return {static_cast<double>(interval.lo) * unit, static_cast<double>(interval.hi) * unit, -interval.fraction};
}

fx::Interval interval_of(const LinearForm& form, std::span<const fx::Interval> sources) {
    if (form.empty()) return {};
    int fraction = 0;
    bool first = true;
    for (const Coefficient& c : form) {
        const int needed = sources[c.source].fraction - trailing_zeros(c.factor);
        fraction = first ? needed : std::max(fraction, needed);
        first = false;
    }
    using Wide = __int128;
    Wide lo = 0, hi = 0;
    for (const Coefficient& c : form) {
        const fx::Interval& source = sources[c.source];
        const int zeros = trailing_zeros(c.factor);
        // factor * 2^-source.fraction = odd * 2^(zeros - source.fraction), and that exponent is at least -fraction.
        const Wide odd = fx::shift_right(c.factor, zeros);
        const Wide unit = fx::shift_left(1, fraction - source.fraction + zeros);
        const Wide at_lo = odd * source.lo, at_hi = odd * source.hi;
        const Wide least = at_lo < at_hi ? at_lo : at_hi, most = at_lo < at_hi ? at_hi : at_lo;
        constexpr Wide bound = Wide{1} << 62;
        CHECK(least > -bound && most < bound, "a value needs more than 62 bits");
        lo += least * unit;
        hi += most * unit;
        CHECK(lo > -bound && hi < bound, "a value needs more than 62 bits");
    }
    return {static_cast<std::int64_t>(lo), static_cast<std::int64_t>(hi), fraction};
}

std::uint64_t hash_of(const LinearForm& form) {
    std::uint64_t h = 0x9e3779b97f4a7c15ULL;
    const auto mix = [&h](std::uint64_t x) {
        h = (h ^ x) * 0xbf58476d1ce4e5b9ULL;
        h ^= h >> 29;
    };
    for (const Coefficient& c : form) {
        mix(c.source);
        mix(static_cast<std::uint64_t>(c.factor));
    }
    return h;
}

} // namespace bitgrain::cmvm
