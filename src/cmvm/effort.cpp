#include "cmvm/effort.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "cmvm/greedy.hpp"
#include "cmvm/make_system.hpp"
#include "cmvm/parallel.hpp"
#include "cmvm/search.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

namespace bitgrain::cmvm {

namespace {

/// Bits a try may lose at first, at the price of an adder's bit; flat between 2 and 8.
constexpr double temperature = 3.0;
/// Writing columns from each other must save this part of all terms to be tried.
constexpr double worthwhile = 0.9;
/// High effort gives up after this many rounds in a row without a gain; each round is longer than the one before.
constexpr int idle_rounds = 8;
constexpr std::size_t lanes = 4;

bool never() {
    return false;
}

std::int64_t bits_of(System& system) {
    return Search(system, 0).bits();
}

class Attempt {
  public:
    Attempt(const Prepared& prepared, const Options& options)
        : prepared_(prepared), options_(options), derivations_(derive_columns(prepared, options.operands)) {
        for (const Column& column : prepared.columns)
            terms_ += term_count(column.form, prepared);
    }

    System fast() const {
        System system = better_first();
        const std::int64_t pass = system.work(), left = small_work - pass;
        if (is_small() && left > pass / 4) improve(system, left);
        if (has_room() && terms_ > many_terms) improve(system, pass / 2);
        return system;
    }

    System normal() const {
        System system = better_first();
        const double terms = static_cast<double>(std::max<std::size_t>(terms_, 150));
        // In passes, and more for a small problem, which can use it. With levels to spare a large problem has more to
        // find; of a very large one tries change too little to be worth their time.
        const double part = has_room() ? std::clamp(std::pow(terms / 1700.0, 2), 1.0, 6.3) : 1.0;
        const double large = std::pow(std::min(1.0, most_terms / terms), 2);
        improve(system,
                times(1.4 * part * large, system.work()) + static_cast<std::int64_t>(4e8 / std::pow(terms, 1.5)));
        return system;
    }

    /// With a time, or where a third of a second is more than the size asks for: annealing in rounds on all cores. Else
    /// one long annealing, which finds more with the same work than several short ones.
    System high() const {
        if (options_.seconds || is_small()) return high_in_rounds();
        System system = better_first();
        improve(system, high_work(system.work()), 1);
        return system;
    }

  private:
    static constexpr std::int64_t small_work = 30'000; ///< worth it where it is not much shorter than the pass
    static constexpr std::int64_t small_matrix_work = 10'000'000;
    static constexpr std::size_t many_terms = 2500;
    static constexpr double most_terms = 20'000;
    static constexpr std::int64_t round_length = 25; ///< in passes of sharing

    bool is_small() const { return prepared_.columns.size() * prepared_.sources.size() < small_matrix; }
    /// About as much as the greedy solvers of others take; with levels to spare their time grows faster with the size.
    std::int64_t high_work(std::int64_t pass) const {
        const double size = static_cast<double>(terms_) / 750.0;
        const double passes = has_room() ? 13.0 * std::pow(size, 0.55) : 9.0 * std::pow(size, 0.3);
        return times(options_.operands == 3 ? passes * 5 / 6 : passes, pass);
    }

    /// Each round is longer than the one before; some lanes start from the best so far, some from a new pass. What a
    /// round finds does not depend on how many cores its lanes share.
    System high_in_rounds() const {
        const auto start = Clock::now();
        const auto time_is_up = [&] { return options_.seconds && seconds_since(start) > *options_.seconds; };
        System best = better_first();
        const Random seeds(options_.seed);
        std::int64_t best_bits = bits_of(best);
        std::int64_t left = options_.seconds ? std::numeric_limits<std::int64_t>::max() : small_matrix_work;
        std::int64_t work = 4 * best.work() + 20'000;
        int idle = 0;
        for (std::uint64_t round = 0; idle < idle_rounds && left > 0 && !time_is_up(); ++round) {
            std::vector<std::optional<System>> found(lanes);
            std::vector<std::int64_t> bits(lanes, best_bits);
            run_parallel(lanes, [&](std::size_t lane) {
                if (time_is_up()) return;
                System trial = round % 3 == 2 ? first(lane % 2 == 1 && correlated()) : best;
                Search search(trial, seeds.fork(round * 64 + lane).next());
                search.anneal(work, temperature * options_.costs.adder_bit, time_is_up);
                bits[lane] = search.bits();
                found[lane] = std::move(trial);
            });
            ++idle;
            for (std::size_t lane = 0; lane < lanes; ++lane) {
                if (!found[lane] || bits[lane] >= best_bits) continue;
                best_bits = bits[lane];
                best = std::move(*found[lane]);
                idle = 0;
            }
            left -= work * static_cast<std::int64_t>(lanes);
            work += work / 2;
        }
        return best;
    }

    /// With levels to spare the pass and each try cost the same, but there is more to find.
    bool has_room() const { return !prepared_.deepest || *prepared_.deepest > prepared_.least_binary_depth; }
    static std::int64_t times(double factor, std::int64_t work) {
        return static_cast<std::int64_t>(factor * static_cast<double>(work));
    }

    bool correlated() const {
        return static_cast<double>(derivations_.terms) < worthwhile * static_cast<double>(derivations_.plain_terms);
    }

    /// One pass of sharing.
    System first(bool derived) const {
        System system = make_system(prepared_, options_, derived ? &derivations_ : nullptr);
        system.watch();
        share_patterns(system, true);
        return system;
    }

    System better_first() const {
        System plain = first(false);
        if (!correlated()) return plain;
        System derived = first(true);
        return bits_of(derived) < bits_of(plain) ? std::move(derived) : std::move(plain);
    }

    /// Spends the work in one round, or in several when the problem is so small that one would run dry: from the first
    /// system and from the best in turn.
    void improve(System& system, std::int64_t work, std::int64_t most_rounds = 6) const {
        if (work <= 0) return;
        const Random seeds(options_.seed);
        const std::int64_t rounds =
            std::clamp<std::int64_t>(work / (round_length * (system.work() + 1)), 1, most_rounds);
        std::optional<System> start;
        if (rounds > 1) start = system;
        std::optional<std::int64_t> best;
        for (std::int64_t round = 0; round < rounds; ++round) {
            System trial = round % 2 == 0 && start ? *start : system;
            Search search(trial, seeds.fork(static_cast<std::uint64_t>(round)).next());
            if (!best) best = search.bits();
            search.anneal(work / rounds, temperature * options_.costs.adder_bit, never);
            if (search.bits() >= *best) continue;
            best = search.bits();
            system = std::move(trial);
        }
    }

    const Prepared& prepared_;
    const Options& options_;
    Derivations derivations_;
    std::size_t terms_ = 0;
};

} // namespace

TreeEffort tree_effort(Effort effort) {
    switch (effort) {
    case Effort::fast:
        return {0, 12, 6};
    case Effort::normal:
        return {2, 64};
    case Effort::high:
        return {24, 1000};
    }
    CHECK(false, "unknown effort");
}

System find_system(const Prepared& prepared, const Options& options) {
    const Attempt attempt(prepared, options);
    switch (options.effort) {
    case Effort::fast:
        return attempt.fast();
    case Effort::normal:
        return attempt.normal();
    case Effort::high:
        return attempt.high();
    }
    CHECK(false, "unknown effort");
}

} // namespace bitgrain::cmvm
