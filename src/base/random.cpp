#include "base/random.hpp"

#include "base/error.hpp"

#include <bit>
#include <cmath>
#include <numbers>

namespace bitgrain {

namespace {

std::uint64_t splitmix64(std::uint64_t& x) {
    x += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = x;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

} // namespace

Random::Random(std::uint64_t seed) : state_{} {
    for (auto& word : state_)
        word = splitmix64(seed);
}

Random Random::fork(std::uint64_t stream) const {
    return Random(state_[0] ^ std::rotl(state_[2], 17) ^ (stream * 0xd1342543de82ef95ULL + 1));
}

std::uint64_t Random::next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
}

double Random::uniform() {
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

std::int64_t Random::integer(std::int64_t lo, std::int64_t hi) {
    CHECK(lo <= hi, "empty range");
    const std::uint64_t count = static_cast<std::uint64_t>(hi) - static_cast<std::uint64_t>(lo) + 1;
    if (count == 0) return static_cast<std::int64_t>(next());
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % count;
    std::uint64_t draw = next();
    while (draw >= limit)
        draw = next();
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(lo) + draw % count);
}

double Random::normal() {
    const double u = 1.0 - uniform();
    return std::sqrt(-2.0 * std::log(u)) * std::cos(2.0 * std::numbers::pi * uniform());
}

} // namespace bitgrain
