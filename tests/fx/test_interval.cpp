// Intervals: every operation gives exactly the hull of the images, compared with running through all codes.
#include "all_formats.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::fx;

namespace {

std::vector<Interval> small_intervals() {
    std::vector<Interval> result;
    for (const int fraction : {-2, 0, 3}) {
        for (const std::int64_t lo : {-9, -4, -1, 0, 3}) {
            for (const std::int64_t hi : {-3, -1, 0, 1, 4, 7}) {
                if (lo <= hi) result.push_back({lo, hi, fraction});
            }
        }
    }
    return result;
}

/// Checks that `got` has the given real extremes and that its grid holds all the values.
void require_hull(const Interval& got, const std::vector<double>& images) {
    const auto [lo, hi] = std::minmax_element(images.begin(), images.end());
    REQUIRE(to_double(got.lo, got.fraction) == *lo);
    REQUIRE(to_double(got.hi, got.fraction) == *hi);
    for (const double image : images) {
        const Dyadic d = to_dyadic(image);
        REQUIRE((d.code == 0 || d.fraction <= got.fraction));
    }
}

template <class Function>
std::vector<double> images(const Interval& a, const Interval& b, Function&& function) {
    std::vector<double> result;
    for (std::int64_t x = a.lo; x <= a.hi; ++x) {
        for (std::int64_t y = b.lo; y <= b.hi; ++y) {
            result.push_back(function(to_double(x, a.fraction), to_double(y, b.fraction)));
        }
    }
    return result;
}

} // namespace

TEST_CASE("a cast of an interval is exactly the hull of the casts of its codes", "[fx][C0]") {
    for (const Cast& c : casts_up_to(4)) {
        for (const int fraction : {-2, 0, 3}) {
            for (std::int64_t lo = -21; lo <= 21; lo += 3) {
                for (std::int64_t hi = lo; hi <= lo + 40; hi += hi - lo < 6 ? 1 : 9) {
                    const Interval got = cast(Interval{lo, hi, fraction}, c);
                    std::int64_t least = INT64_MAX, most = INT64_MIN;
                    bool on_grid = got.fraction <= c.format.fraction;
                    for (std::int64_t code = lo; code <= hi; ++code) {
                        const std::int64_t image = cast(code, fraction, c);
                        least = std::min(least, image);
                        most = std::max(most, image);
                        const int drop = c.format.fraction - got.fraction;
                        on_grid = on_grid && shift_left(shift_right(image, drop), drop) == image;
                    }
                    const Interval want{least, most, c.format.fraction};
                    if (!on_grid || to_fraction(got, c.format.fraction) != want) {
                        CAPTURE(name(c.format), name(c.round), name(c.overflow), lo, hi, fraction);
                        CAPTURE(got.lo, got.hi, got.fraction, least, most);
                        REQUIRE(on_grid);
                        REQUIRE(to_fraction(got, c.format.fraction) == want);
                    }
                }
            }
        }
    }
}

TEST_CASE("a cast that loses nothing keeps the coarser grid of its input", "[fx]") {
    const Interval coarse{-3, 5, 0};
    REQUIRE(cast(coarse, {{true, 6, 4}, Round::rnd, Overflow::sat}) == coarse);
    REQUIRE(cast(coarse, {{true, 6, 4}, Round::rnd, Overflow::wrap}) == coarse);
    // The lower bound saturates on the coarse grid, the upper one off it.
    REQUIRE(cast(coarse, {{true, 1, 4}, Round::rnd, Overflow::sat}) == Interval{-32, 31, 4});
    REQUIRE(cast(Interval{-3, 1, 0}, {{true, 1, 4}, Round::rnd, Overflow::sat}) == Interval{-2, 1, 0});
    REQUIRE(cast(coarse, {{true, 1, 4}, Round::rnd, Overflow::wrap}) == Interval{-2, 1, 0});
    REQUIRE(cast(coarse, {{false, -1, 4}, Round::rnd, Overflow::wrap}).is_zero());
}

TEST_CASE("casts of intervals at the edge of 62 bits are not too small", "[fx]") {
    constexpr std::int64_t top = (std::int64_t{1} << 62) - 1;
    const Format s62{true, 62, 0};
    for (const Overflow overflow : all_overflows) {
        REQUIRE(cast(Interval{-top, top, 0}, {s62, Round::rnd, overflow}) == Interval{-top, top, 0});
        REQUIRE(cast(Interval{top, top, 0}, {s62, Round::rnd, overflow}) == Interval{top, top, 0});
    }
    // 2^62 - 1 on a grid of 16 does not fit 62 bits of grid 1.
    const Interval wide{-top, top, -4};
    REQUIRE(cast(wide, {s62, Round::rnd, Overflow::sat}) == Interval{-top - 1, top, 0});
    const Interval wrapped = cast(wide, {s62, Round::rnd, Overflow::wrap});
    REQUIRE(wrapped == Interval{-(std::int64_t{1} << 58), (std::int64_t{1} << 58) - 1, -4});
}

TEST_CASE("sums, products, maxima and hulls are the hull of the images", "[fx]") {
    const auto all = small_intervals();
    for (const Interval& a : all) {
        for (const Interval& b : all) {
            CAPTURE(a.lo, a.hi, a.fraction, b.lo, b.hi, b.fraction);
            require_hull(add(a, b), images(a, b, [](double x, double y) { return x + y; }));
            require_hull(multiply(a, b), images(a, b, [](double x, double y) { return x * y; }));
            require_hull(maximum(a, b), images(a, b, [](double x, double y) { return std::max(x, y); }));
            auto both = images(a, b, [](double x, double) { return x; });
            const auto second = images(a, b, [](double, double y) { return y; });
            both.insert(both.end(), second.begin(), second.end());
            require_hull(hull(a, b), both);
        }
        const Interval zero{0, 0, 0};
        require_hull(negate(a), images(a, zero, [](double x, double) { return -x; }));
        require_hull(relu(a), images(a, zero, [](double x, double) { return std::max(x, 0.0); }));
        require_hull(scale(a, 3), images(a, zero, [](double x, double) { return 8 * x; }));
        require_hull(scale(a, -3), images(a, zero, [](double x, double) { return x / 8; }));
    }
}

TEST_CASE("the constant zero does not refine the grid of what it meets", "[fx]") {
    const Interval zero{0, 0, 9}, coarse{-1, 2, -3};
    REQUIRE(add(zero, coarse) == coarse);
    REQUIRE(hull(coarse, zero) == coarse);
    REQUIRE(maximum(zero, coarse) == Interval{0, 2, -3});
}

TEST_CASE("sums and products beyond 62 bits are refused", "[fx]") {
    constexpr std::int64_t top = (std::int64_t{1} << 62) - 1;
    REQUIRE_THROWS_AS(add({0, top, 0}, {0, 1, 0}), InternalError);
    REQUIRE_THROWS_AS(add({0, top, 0}, {0, 1, 1}), InternalError);
    REQUIRE_THROWS_AS(multiply({0, top, 0}, {0, 2, 0}), InternalError);
    REQUIRE_THROWS_AS(shift_left(top, 1), InternalError);
    REQUIRE(shift_left(-1, 61) == -(std::int64_t{1} << 61));
    REQUIRE(shift_left(0, 1000) == 0);
}

TEST_CASE("an interval contains another when each of its values is one of its own", "[fx]") {
    const auto all = small_intervals();
    for (const Interval& a : all) {
        for (const Interval& b : all) {
            bool want = true;
            for (std::int64_t x = b.lo; x <= b.hi; ++x) {
                const double units = to_double(x, b.fraction - a.fraction);
                want = want && units == std::floor(units) && units >= static_cast<double>(a.lo) &&
                       units <= static_cast<double>(a.hi);
            }
            CAPTURE(a.lo, a.hi, a.fraction, b.lo, b.hi, b.fraction);
            REQUIRE(a.contains(b) == want);
        }
    }
    REQUIRE_FALSE(Interval{0, 100, 60}.contains({1, 8, 0}));
}

TEST_CASE("width and format of an interval are the narrowest that hold it", "[fx]") {
    for (std::int64_t lo = -40; lo <= 40; ++lo) {
        for (std::int64_t hi = lo; hi <= 40; ++hi) {
            const Interval interval{lo, hi, 1};
            const Format f = format_of(interval);
            CAPTURE(lo, hi);
            REQUIRE(f.width() == interval.width());
            REQUIRE(f.fraction == 1);
            REQUIRE(f.min_code() <= lo);
            REQUIRE(f.max_code() >= hi);
            const Format narrower{f.sign, f.integer - 1, f.fraction};
            if (f.width() > 0) REQUIRE((narrower.min_code() > lo || narrower.max_code() < hi || narrower.is_zero()));
        }
    }
    REQUIRE(format_of({-8, 7, 1}) == Format{true, 2, 1}); // [-4, 3.5]: 2 integer bits, not 3
    REQUIRE(format_of({0, 4, 0}) == Format{false, 3, 0});
    REQUIRE(format_of({0, 0, 5}).width() == 0);
    REQUIRE(format_of({-1, 0, 0}) == Format{true, 0, 0});
}

TEST_CASE("ranges of casts follow the overflow mode", "[fx]") {
    const Format f{true, 2, 1}, u{false, 2, 1};
    REQUIRE(range_of(Cast{f, Round::rnd, Overflow::sat}) == Interval{-8, 7, 1});
    REQUIRE(range_of(Cast{f, Round::rnd, Overflow::sat_sym}) == Interval{-7, 7, 1});
    REQUIRE(range_of(Cast{u, Round::rnd, Overflow::sat_sym}) == Interval{0, 7, 1});
    REQUIRE(range_of(Format{true, -3, 1}).is_zero());
    REQUIRE(Format{true, -3, 2}.is_zero());
    REQUIRE_FALSE(Format{true, -2, 2}.is_zero());
}
