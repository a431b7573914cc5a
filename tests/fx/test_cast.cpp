// Seam C0: the integer cast, the double cast and an independent definition agree on everything small; wide corners by
// hand.
#include "all_formats.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "fx/arithmetic.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace bitgrain;
using namespace bitgrain::fx;

namespace {

/// The definitions of the method (sections 2.1, 2.2) in rational arithmetic: value = numerator / 2^scale, scale large
/// enough that every half step is an integer.
std::int64_t by_definition(std::int64_t numerator, int scale, const Cast& cast) {
    const Format& f = cast.format;
    if (f.width() <= 0) return 0;
    const std::int64_t step = std::int64_t{1} << (scale - f.fraction);
    const auto floor_div = [](std::int64_t a, std::int64_t b) { return a / b - (a % b != 0 && a < 0 ? 1 : 0); };
    std::int64_t q = floor_div(numerator, step);
    if (cast.round == Round::rnd) q = floor_div(numerator + step / 2, step);
    if (cast.round == Round::rnd_conv) {
        const std::int64_t below = numerator - q * step, above = step - below;
        if (below > above || (below == above && q % 2 != 0)) ++q;
    }
    const std::int64_t count = std::int64_t{1} << f.width();
    const std::int64_t hi = f.sign ? count / 2 - 1 : count - 1;
    std::int64_t lo = f.sign ? -count / 2 : 0;
    if (cast.overflow == Overflow::wrap) {
        while (q > hi)
            q -= count;
        while (q < lo)
            q += count;
        return q;
    }
    if (cast.overflow == Overflow::sat_sym && f.sign) lo = -hi;
    return q < lo ? lo : q > hi ? hi : q;
}

double cast_real(double value, Format format, Round round, Overflow overflow) {
    return cast(value, Cast{format, round, overflow});
}

} // namespace

TEST_CASE("integer cast, double cast and the definition agree for all formats of width up to 6", "[fx][C0]") {
    constexpr int scale = 8; // inputs and results have fractions up to 7, half steps need one more
    std::size_t checked = 0;
    for (const Cast& c : casts_up_to(6)) {
        for (const int fraction : {-3, 0, 2, 7}) {
            for (std::int64_t code = -70; code <= 70; ++code) {
                const std::int64_t got = cast(code, fraction, c);
                const std::int64_t want = by_definition(code * (std::int64_t{1} << (scale - fraction)), scale, c);
                const double real = cast(to_double(code, fraction), c);
                if (got != want || real != to_double(want, c.format.fraction) || std::signbit(real) != (want < 0)) {
                    CAPTURE(name(c.format), name(c.round), name(c.overflow), code, fraction, got, real);
                    REQUIRE(got == want);
                    REQUIRE(real == to_double(want, c.format.fraction));
                    REQUIRE(std::signbit(real) == (want < 0));
                }
                ++checked;
            }
        }
    }
    REQUIRE(checked == 2U * 11 * 7 * 9 * 4 * 141);
}

TEST_CASE("integer and double casts agree on random wide formats and values", "[fx][C0]") {
    const std::uint64_t seed = 20260401;
    CAPTURE(seed);
    Random random(seed);
    for (int i = 0; i < 200000; ++i) {
        const bool sign = random.chance(0.5);
        const int width = static_cast<int>(random.integer(1, 53));
        const int fraction = static_cast<int>(random.integer(-60, 60));
        const Cast c{{sign, width - (sign ? 1 : 0) - fraction, fraction},
                     all_rounds[static_cast<std::size_t>(random.integer(0, 2))],
                     all_overflows[static_cast<std::size_t>(random.integer(0, 2))]};
        const int bits = static_cast<int>(random.integer(0, 53));
        const std::int64_t code = random.integer(-(std::int64_t{1} << bits), std::int64_t{1} << bits);
        if (magnitude_bits(code) > max_exact_bits) continue;
        const int grid = fraction + static_cast<int>(random.integer(-70, 70));
        const std::int64_t got = cast(code, grid, c);
        const double real = cast(to_double(code, grid), c);
        CAPTURE(name(c.format), name(c.round), name(c.overflow), code, grid);
        REQUIRE(std::ldexp(static_cast<double>(got), -fraction) == real);
    }
}

TEST_CASE("known answers of rounding", "[fx]") {
    const Format f{true, 3, 2};
    REQUIRE(cast_real(0.374, f, Round::rnd, Overflow::sat) == 0.25);
    REQUIRE(cast_real(0.375, f, Round::rnd, Overflow::sat) == 0.5);
    REQUIRE(cast_real(-0.375, f, Round::rnd, Overflow::sat) == -0.25);
    REQUIRE(cast_real(-0.376, f, Round::rnd, Overflow::sat) == -0.5);
    REQUIRE(cast_real(0.375, f, Round::rnd_conv, Overflow::sat) == 0.5);
    REQUIRE(cast_real(0.125, f, Round::rnd_conv, Overflow::sat) == 0.0);
    REQUIRE(cast_real(-0.375, f, Round::rnd_conv, Overflow::sat) == -0.5);
    REQUIRE(cast_real(-0.01, f, Round::trn, Overflow::sat) == -0.25);
}

TEST_CASE("known answers of saturation and wrapping", "[fx]") {
    const Format s1_1{true, 1, 1}, s1_0{true, 1, 0}, u2_0{false, 2, 0};
    REQUIRE(cast_real(3, s1_1, Round::rnd, Overflow::sat) == 1.5);
    REQUIRE(cast_real(-3, s1_1, Round::rnd, Overflow::sat) == -2);
    REQUIRE(cast_real(-3, s1_1, Round::rnd, Overflow::sat_sym) == -1.5);
    REQUIRE(cast_real(2, s1_0, Round::rnd, Overflow::wrap) == -2);
    REQUIRE(cast_real(3, s1_0, Round::rnd, Overflow::wrap) == -1);
    REQUIRE(cast_real(-3, s1_0, Round::rnd, Overflow::wrap) == 1);
    REQUIRE(cast_real(5, u2_0, Round::rnd, Overflow::wrap) == 1);
    REQUIRE(cast_real(-1, u2_0, Round::rnd, Overflow::wrap) == 3);
    REQUIRE(cast_real(-0.5, u2_0, Round::rnd, Overflow::sat_sym) == 0);
    // Rounding up can carry past the top: then a wrapping format turns over.
    REQUIRE(cast_real(1.75, s1_1, Round::rnd, Overflow::wrap) == -2);
    REQUIRE(cast_real(1.75, s1_1, Round::rnd, Overflow::sat) == 1.5);
}

TEST_CASE("a one-bit signed format holds -1 and 0 and its symmetric variant nothing but 0", "[fx]") {
    const Format f{true, 0, 0};
    REQUIRE(cast(std::int64_t{-5}, 0, {f, Round::rnd, Overflow::sat}) == -1);
    REQUIRE(cast(std::int64_t{5}, 0, {f, Round::rnd, Overflow::sat}) == 0);
    REQUIRE(cast(std::int64_t{-5}, 0, {f, Round::rnd, Overflow::sat_sym}) == 0);
    REQUIRE(cast(std::int64_t{-5}, 0, {f, Round::rnd, Overflow::wrap}) == -1);
}

TEST_CASE("casts at the edge of 62 bits are exact", "[fx]") {
    constexpr std::int64_t top = (std::int64_t{1} << 62) - 1;
    const Format s62{true, 62, 0}, u62{false, 62, 0}, s8{true, 7, 0};
    for (const Overflow overflow : all_overflows) {
        REQUIRE(cast(top, 0, {s62, Round::rnd, overflow}) == top);
        REQUIRE(cast(-top, 0, {s62, Round::rnd, overflow}) == -top);
        REQUIRE(cast(top, 0, {u62, Round::rnd, overflow}) == top);
    }
    REQUIRE(cast(top, 0, {s8, Round::rnd, Overflow::wrap}) == -1);
    REQUIRE(cast(top, 0, {s8, Round::rnd, Overflow::sat}) == 127);
    REQUIRE(cast(-top, 0, {s8, Round::rnd, Overflow::sat}) == -128);
    REQUIRE(cast(-top, 0, {s8, Round::rnd, Overflow::sat_sym}) == -127);
    // Onto a much finer grid: everything saturates, and modulo 2^8 nothing is left.
    const Format fine{true, 7 - 100, 100};
    REQUIRE(cast(top, 0, {fine, Round::rnd, Overflow::sat}) == 127);
    REQUIRE(cast(std::int64_t{-1}, 0, {fine, Round::rnd, Overflow::sat}) == -128);
    REQUIRE(cast(std::int64_t{-1}, 0, {fine, Round::rnd, Overflow::wrap}) == 0);
    REQUIRE(cast(-1.0, Cast{fine, Round::rnd, Overflow::wrap}) == 0.0);
}

TEST_CASE("dropping more bits than a code has rounds as the definition says", "[fx]") {
    const Format coarse{true, 7, 0};
    for (const int drop : {40, 62, 63, 64, 200}) {
        CAPTURE(drop);
        const auto drops = [&](std::int64_t code, Round round) {
            return cast(code, drop, {coarse, round, Overflow::sat});
        };
        REQUIRE(drops(1, Round::trn) == 0);
        REQUIRE(drops(-1, Round::trn) == -1);
        REQUIRE(drops(-1, Round::rnd) == 0);
        REQUIRE(drops(-1, Round::rnd_conv) == 0);
        REQUIRE(drops(1, Round::rnd) == 0);
    }
    REQUIRE(cast(std::int64_t{1} << 61, 62, {coarse, Round::rnd, Overflow::sat}) == 1);
    REQUIRE(cast(std::int64_t{1} << 61, 62, {coarse, Round::rnd_conv, Overflow::sat}) == 0);
    REQUIRE(cast(-(std::int64_t{1} << 61), 62, {coarse, Round::rnd, Overflow::sat}) == 0);
    REQUIRE(cast(-(std::int64_t{1} << 61) - 1, 62, {coarse, Round::rnd, Overflow::sat}) == -1);
}

TEST_CASE("doubles that are not numbers of the grid are cast or refused", "[fx]") {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    constexpr double tiny = std::numeric_limits<double>::denorm_min();
    const Format f{true, 3, 2};
    REQUIRE_THROWS_AS(cast_real(std::nan(""), f, Round::rnd, Overflow::sat), Error);
    REQUIRE_THROWS_AS(cast_real(std::nan(""), Format{}, Round::rnd, Overflow::sat), Error);
    REQUIRE_THROWS_AS(cast_real(infinity, f, Round::rnd, Overflow::wrap), Error);
    REQUIRE(cast_real(infinity, f, Round::rnd, Overflow::sat) == 7.75);
    REQUIRE(cast_real(-infinity, f, Round::rnd, Overflow::sat_sym) == -7.75);
    REQUIRE(cast_real(1e308, {true, -990, 1000}, Round::rnd, Overflow::sat) == std::ldexp(1023, -1000));
    REQUIRE(cast_real(1e308, {true, -1000, 1010}, Round::rnd, Overflow::wrap) == 0.0);
    REQUIRE(cast_real(-tiny, {true, 8, -5}, Round::trn, Overflow::sat) == -32.0);
    REQUIRE(cast_real(-tiny, {true, 8, -5}, Round::rnd, Overflow::sat) == 0.0);
    REQUIRE(cast_real(tiny, {true, 8, -5}, Round::rnd_conv, Overflow::sat) == 0.0);
    REQUIRE_FALSE(std::signbit(cast_real(-0.1, f, Round::rnd, Overflow::sat)));
    REQUIRE_FALSE(std::signbit(cast_real(-0.0, f, Round::trn, Overflow::wrap)));
}
