// Deterministic random numbers: the same seed gives the same sequence on every platform and standard library
// (std::*_distribution does not promise that). Generator: xoshiro256** seeded by splitmix64 (Blackman, Vigna 2018).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <utility>

namespace bitgrain {

class Random {
  public:
    explicit Random(std::uint64_t seed);

    /// A generator whose sequence is independent of this one's and depends on `stream` only; this one does not advance.
    Random fork(std::uint64_t stream) const;

    std::uint64_t next();
    /// Uniform in [0, 1) with 53 bits.
    double uniform();
    double uniform(double lo, double hi) { return lo + (hi - lo) * uniform(); }
    /// Uniform integer in [lo, hi], both included, without modulo bias.
    std::int64_t integer(std::int64_t lo, std::int64_t hi);
    bool chance(double probability) { return uniform() < probability; }
    double normal();

    /// Fisher-Yates.
    template <class T>
    void shuffle(std::span<T> items) {
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[static_cast<std::size_t>(integer(0, static_cast<std::int64_t>(i) - 1))]);
        }
    }

    /// The complete state, for checkpoints.
    using State = std::array<std::uint64_t, 4>;
    const State& state() const { return state_; }
    void set_state(const State& state) { state_ = state; }

  private:
    State state_;
};

} // namespace bitgrain
