// Dyadic constants, signed digits, enclosed bits and names.
#include "base/error.hpp"
#include "base/random.hpp"
#include "fx/arithmetic.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

using namespace bitgrain;
using namespace bitgrain::fx;

namespace {

void require_canonical(std::int64_t code) {
    const auto digits = signed_digits(code);
    std::int64_t sum = 0;
    int before = -2;
    for (const Digit& digit : digits) {
        REQUIRE((digit.sign == 1 || digit.sign == -1));
        REQUIRE(digit.power >= before + 2); // rising, no two neighbours
        before = digit.power;
        sum += digit.sign * (std::int64_t{1} << digit.power);
    }
    REQUIRE(sum == code);
    REQUIRE(static_cast<int>(digits.size()) == signed_digit_count(code));
}

} // namespace

TEST_CASE("signed digits are canonical and add up to the number", "[fx]") {
    for (std::int64_t code = -5000; code <= 5000; ++code) {
        CAPTURE(code);
        require_canonical(code);
    }
    const std::uint64_t seed = 7;
    CAPTURE(seed);
    Random random(seed);
    for (int i = 0; i < 5000; ++i) {
        const std::int64_t code = random.integer(-(std::int64_t{1} << 61), std::int64_t{1} << 61);
        CAPTURE(code);
        require_canonical(code);
    }
    require_canonical((std::int64_t{1} << 62) - 1);
    require_canonical(-(std::int64_t{1} << 62) + 1);
    REQUIRE(signed_digit_count(7) == 2);
    REQUIRE(signed_digit_count(-7) == 2);
    REQUIRE(signed_digits(0).empty());
}

TEST_CASE("known answers of enclosed bits", "[fx]") {
    REQUIRE(enclosed_bits(5) == 3); // 0.625 = 0b0.101
    REQUIRE(enclosed_bits(6) == 2);
    REQUIRE(enclosed_bits(0) == 0);
    REQUIRE(enclosed_bits(-1) == 1);
    REQUIRE(enclosed_bits(0b001010100) == 5);
    REQUIRE(enclosed_bits(-12) == 2);
}

TEST_CASE("magnitude bits count the bits of the absolute value", "[fx]") {
    REQUIRE(magnitude_bits(0) == 0);
    REQUIRE(magnitude_bits(1) == 1);
    REQUIRE(magnitude_bits(255) == 8);
    REQUIRE(magnitude_bits(-256) == 9);
    REQUIRE(magnitude_bits(INT64_MIN) == 64);
}

TEST_CASE("every finite double is a dyadic number and comes back", "[fx]") {
    REQUIRE(to_dyadic(0.0).fraction == 0);
    REQUIRE(to_dyadic(-0.0).code == 0);
    REQUIRE(to_dyadic(0.75).code == 3);
    REQUIRE(to_dyadic(0.75).fraction == 2);
    REQUIRE(to_dyadic(-96.0).code == -3);
    REQUIRE(to_dyadic(-96.0).fraction == -5);
    const std::uint64_t seed = 11;
    CAPTURE(seed);
    Random random(seed);
    for (int i = 0; i < 20000; ++i) {
        const double value = std::ldexp(random.uniform(-1, 1), static_cast<int>(random.integer(-900, 900)));
        const Dyadic d = to_dyadic(value);
        CAPTURE(value, d.code, d.fraction);
        REQUIRE((d.code & 1) == 1);
        REQUIRE(to_double(d.code, d.fraction) == value);
    }
    REQUIRE_THROWS_AS(to_dyadic(std::numeric_limits<double>::infinity()), InternalError);
    REQUIRE_THROWS_AS(to_double((std::int64_t{1} << 53) + 1, 0), InternalError);
    REQUIRE(constant(-0.375) == Interval{-3, -3, 3});
}

TEST_CASE("a code moves to another grid only without loss", "[fx]") {
    REQUIRE(to_fraction(std::int64_t{12}, 3, 1) == 3);
    REQUIRE(to_fraction(std::int64_t{-3}, -1, 2) == -24);
    REQUIRE(to_fraction(std::int64_t{0}, 50, -50) == 0);
    REQUIRE_THROWS_AS(to_fraction(std::int64_t{5}, 1, 0), InternalError);
    REQUIRE_THROWS_AS(to_fraction(std::int64_t{-1}, 80, 0), InternalError);
    REQUIRE(shift_right(-1, 200) == -1);
    REQUIRE(shift_right(-5, 1) == -3);
}

TEST_CASE("formats and modes have names", "[fx]") {
    REQUIRE(name(Format{true, 3, 5}) == "s3.5");
    REQUIRE(name(Format{false, 0, 4}) == "u0.4");
    REQUIRE(name(Format{true, -2, 6}) == "s-2.6");
    REQUIRE(name(Format{}) == "zero");
    REQUIRE(std::string(name(Round::rnd_conv)) == "RND_CONV");
    REQUIRE(std::string(name(Overflow::sat_sym)) == "SAT_SYM");
}
