#include "cmvm/search.hpp"

#include "cmvm/greedy.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::cmvm {

namespace {

// Measured on dense and heterogeneous matrices; all of them are flat around these values.
constexpr std::int64_t most_torn_out = 2; ///< signals per try
constexpr double torn_around_sum = 0.5;   ///< else around a signal
/// Of so many the signal with the fewest uses is torn out: it is cheap to replace and saves least.
constexpr int looked_at = 3;
constexpr double flipped = 0.7;            ///< tries that also flip digits
constexpr double barred = 0.8;             ///< torn-out signals that must not come back at once
constexpr std::size_t sums_kept = 1 << 13; ///< about as many as a dense 64x64 has
constexpr double most_blur = 0.8;
constexpr std::size_t triple_window =
    6; ///< three-operand adders are looked for in fewer places than in the final trees

} // namespace

Search::Search(System& system, std::uint64_t seed)
    : system_(system), random_(seed), planner_(system.rule(), system.costs(), triple_window), planned_(sums_kept) {
    for (std::uint32_t id = 0; id < system.size(); ++id) {
        row_bits_.push_back(row_bits(id));
        bits_ += row_bits_.back();
    }
}

/// By value, not by number: what is torn out and shared again has another number.
std::uint64_t Search::hash_of_terms(const Signal& row) const {
    auto sum = static_cast<std::uint64_t>(row.limit);
    for (const RowTerm& term : row.terms) { // in any order
        const Signal& of = system_.signal(term.signal);
        std::uint64_t h = of.hash + pack_use(static_cast<std::uint32_t>(of.depth), term.shift, term.negate);
        h = (h ^ (h >> 31)) * 0xbf58476d1ce4e5b9ULL;
        sum += h ^ (h >> 29);
    }
    return sum;
}

std::int64_t Search::row_bits(std::uint32_t row) {
    const Signal& signal = system_.signal(row);
    if (!signal.is_row() || signal.terms.size() < 2) return 0;
    const std::uint64_t key = hash_of_terms(signal);
    Planned& planned = planned_[key % planned_.size()];
    if (planned.key != key) {
        leaves_.clear();
        for (const RowTerm& term : signal.terms)
            leaves_.push_back({system_.term_range(term), system_.signal(term.signal).depth});
        planned = {key, planner_.plan(leaves_, signal.limit).bits};
    }
    return planned.bits;
}

std::optional<std::uint32_t> Search::random_row() {
    if (system_.size() == 0) return std::nullopt;
    for (int attempt = 0; attempt < 64; ++attempt) {
        const auto id = static_cast<std::uint32_t>(random_.integer(0, static_cast<std::int64_t>(system_.size()) - 1));
        if (system_.signal(id).is_row()) return id;
    }
    return std::nullopt;
}

void Search::write_out(std::uint32_t id) {
    if (random_.chance(barred)) system_.bar(id);
    system_.write_out(id);
}

std::uint32_t Search::pick(const std::vector<std::uint32_t>& ids) {
    return ids[static_cast<std::size_t>(random_.integer(0, static_cast<std::int64_t>(ids.size()) - 1))];
}

/// Writes out signals that stand in one sum.
void Search::tear_out(std::uint32_t row, std::int64_t count) {
    for (std::int64_t k = 0; k < count; ++k) {
        std::vector<std::uint32_t> shared;
        for (const RowTerm& term : system_.signal(row).terms) {
            if (system_.signal(term.signal).is_row()) shared.push_back(term.signal);
        }
        if (shared.empty()) return;
        std::uint32_t chosen = pick(shared);
        for (int other = 1; other < looked_at; ++other) {
            const std::uint32_t id = pick(shared);
            if (system_.signal(id).uses.size() < system_.signal(chosen).uses.size()) chosen = id;
        }
        write_out(chosen);
    }
}

void Search::flip_digits(std::uint32_t row) {
    const std::size_t count = system_.signal(row).terms.size();
    if (!system_.signal(row).is_row() || count < 2) return;
    const auto start = static_cast<std::size_t>(random_.integer(0, static_cast<std::int64_t>(count) - 1));
    for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < count; ++b) {
            const std::size_t at = (a + start) % count;
            if (at != b && system_.flip(row, at, b)) return;
        }
    }
}

void Search::disturb() {
    const std::optional<std::uint32_t> row = random_row();
    if (!row) return;
    const std::int64_t count = random_.integer(1, most_torn_out);
    const std::vector<std::uint64_t> uses = system_.signal(*row).uses;
    if (uses.empty() || random_.chance(torn_around_sum)) {
        tear_out(*row, count);
    } else { // a signal, and others that stand beside it
        write_out(*row);
        for (std::int64_t k = 0; k < count; ++k) {
            const auto use = static_cast<std::size_t>(random_.integer(0, static_cast<std::int64_t>(uses.size()) - 1));
            tear_out(unpack_use(uses[use]).row, 1);
        }
    }
    if (random_.chance(flipped)) {
        flip_digits(*row);
        if (const auto other = random_row()) flip_digits(*other);
    }
}

void Search::keep_or_take_back(double allowed) {
    system_.touched(touched_);
    row_bits_.resize(system_.size(), 0);
    new_bits_.clear();
    std::int64_t change = 0;
    for (const std::uint32_t id : touched_) {
        new_bits_.push_back(row_bits(id));
        change += new_bits_.back() - row_bits_[id];
    }
    if (static_cast<double>(change) > allowed) {
        system_.rollback();
        return;
    }
    system_.commit();
    for (std::size_t i = 0; i < touched_.size(); ++i)
        row_bits_[touched_[i]] = new_bits_[i];
    bits_ += change;
}

void Search::anneal(std::int64_t work, double temperature, const std::function<bool()>& stop) {
    system_.index().shrink();
    if (!system_.counts_exactly()) system_.recount(1);
    const std::int64_t end = system_.work() + work;
    while (system_.work() < end && !stop()) {
        const double left = static_cast<double>(end - system_.work()) / static_cast<double>(work);
        system_.spend(30); // what a try costs besides; one that finds nothing to do is no endless loop
        system_.blur(most_blur * random_.uniform() * random_.uniform(), random_.next());
        system_.begin();
        disturb();
        share_patterns(system_, false);
        system_.lift_bars();
        share_patterns(system_, false);
        keep_or_take_back(-temperature * left * std::log(1.0 - random_.uniform()));
    }
}

} // namespace bitgrain::cmvm
