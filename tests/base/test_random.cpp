// The random sequence is fixed for ever: checkpoints, splits and test vectors depend on it.
#include "base/error.hpp"
#include "base/random.hpp"

#include <algorithm>
#include <array>
#include <catch2/catch.hpp>
#include <numeric>

using namespace bitgrain;

TEST_CASE("the generator is xoshiro256** and the seeding splitmix64", "[base][random]") {
    Random random(0);
    // Reference outputs of the authors' implementation for the state 1, 2, 3, 4.
    random.set_state({1, 2, 3, 4});
    REQUIRE(random.next() == 11520);
    REQUIRE(random.next() == 0);
    REQUIRE(random.next() == 1509978240);
    REQUIRE(random.next() == 1215971899390074240);
    // Reference outputs of splitmix64 for seed 0.
    REQUIRE(Random(0).state() ==
            Random::State{0xe220a8397b1dcdaf, 0x6e789e6aa1b965f4, 0x06c45d188009454f, 0xf88bb8a8724c81ec});
}

TEST_CASE("a seed gives the same sequence everywhere", "[base][random]") {
    Random random(42);
    REQUIRE(random.next() == 0x15780b2e0c2ec716);
    REQUIRE(random.next() == 0x6104d9866d113a7e);
    REQUIRE(random.next() == 0xae17533239e499a1);
    REQUIRE(random.next() == 0xecb8ad4703b360a1);
    REQUIRE(Random(42).uniform() == static_cast<double>(0x15780b2e0c2ec716 >> 11) / 9007199254740992.0);
}

TEST_CASE("the state continues a sequence", "[base][random]") {
    Random a(5);
    a.next();
    Random b(6);
    b.set_state(a.state());
    for (int i = 0; i < 10; ++i)
        REQUIRE(a.next() == b.next());
}

TEST_CASE("forked generators differ, repeat and do not advance their parent", "[base][random]") {
    const Random parent(9);
    Random a = parent.fork(0), b = parent.fork(1), again = parent.fork(0);
    const std::uint64_t first = a.next();
    REQUIRE(first == again.next());
    REQUIRE(first != b.next());
    REQUIRE(parent.state() == Random(9).state());
}

TEST_CASE("integers stay in their range and reach both ends", "[base][random]") {
    Random random(3);
    std::array<int, 7> seen{};
    for (int i = 0; i < 7000; ++i)
        ++seen[static_cast<std::size_t>(random.integer(-3, 3) + 3)];
    REQUIRE(*std::min_element(seen.begin(), seen.end()) > 850);
    REQUIRE(*std::max_element(seen.begin(), seen.end()) < 1150);
    REQUIRE(random.integer(5, 5) == 5);
    for (int i = 0; i < 100; ++i)
        REQUIRE(random.integer(INT64_MIN, -1) < 0);
    random.integer(INT64_MIN, INT64_MAX);
    REQUIRE_THROWS_AS(random.integer(1, 0), InternalError);
}

TEST_CASE("uniform and normal numbers have their moments", "[base][random]") {
    Random random(4);
    constexpr int n = 100000;
    double sum = 0, square = 0, normal = 0, normal_square = 0;
    for (int i = 0; i < n; ++i) {
        const double u = random.uniform(), g = random.normal();
        REQUIRE((u >= 0 && u < 1));
        sum += u;
        square += u * u;
        normal += g;
        normal_square += g * g;
    }
    REQUIRE(sum / n == Approx(0.5).margin(0.01));
    REQUIRE(square / n == Approx(1.0 / 3).margin(0.01));
    REQUIRE(normal / n == Approx(0.0).margin(0.02));
    REQUIRE(normal_square / n == Approx(1.0).margin(0.03));
}

TEST_CASE("a shuffle is a permutation that depends on the seed only", "[base][random]") {
    std::array<int, 50> a{}, b{};
    std::iota(a.begin(), a.end(), 0);
    b = a;
    const auto sorted = a;
    Random(1).shuffle(std::span<int>(a));
    Random(1).shuffle(std::span<int>(b));
    REQUIRE(a == b);
    REQUIRE(a != sorted);
    std::sort(a.begin(), a.end());
    REQUIRE(a == sorted);
}
