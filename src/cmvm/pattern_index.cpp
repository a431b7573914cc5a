#include "cmvm/pattern_index.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>

namespace bitgrain::cmvm {

namespace {

constexpr std::size_t fewest_entries = 1024;
constexpr std::size_t small_table = 1 << 16; ///< entries that may as well be too many

} // namespace

PatternIndex::PatternIndex() : queue_(levels) {
    resize(fewest_entries);
}

int PatternIndex::add(std::uint64_t key) {
    std::size_t i = find(key);
    Entry& e = entries_[i];
    if (e.count != 0) return ++e.count;
    e = {key, 1, 0.0f};
    if (++used_ * 2 > entries_.size()) resize(entries_.size() * (entries_.size() < small_table ? 4 : 2));
    return 1;
}

void PatternIndex::remove(std::uint64_t key) {
    std::size_t hole = find(key);
    CHECK(entries_[hole].count > 0, "a pattern that does not occur was removed");
    if (--entries_[hole].count > 0) return;
    --used_;
    // Linear probing without tombstones: pull later entries of the run into the hole.
    for (std::size_t i = (hole + 1) & mask_; entries_[i].count != 0; i = (i + 1) & mask_) {
        const std::size_t home = slot(entries_[i].key);
        if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
        entries_[hole] = entries_[i];
        entries_[i].count = 0;
        hole = i;
    }
}

int PatternIndex::count(std::uint64_t key) const {
    return entries_[find(key)].count;
}

std::size_t PatternIndex::level_of(float score) {
    // A positive float read as an integer rises with its value: exponent, then mantissa. 2^-4 is level 0.
    constexpr int mantissa_bits = 7, lowest_exponent = 127 - 4;
    const auto bits = static_cast<std::int64_t>(std::bit_cast<std::uint32_t>(score) >> (23 - mantissa_bits));
    const std::int64_t level = bits - (std::int64_t{lowest_exponent} << mantissa_bits);
    return static_cast<std::size_t>(std::clamp<std::int64_t>(level, 0, levels - 1));
}

std::size_t PatternIndex::highest() const {
    for (std::size_t word = words; word-- > 0;) {
        if (occupied_[word] != 0) return word * 64 + static_cast<std::size_t>(std::bit_width(occupied_[word])) - 1;
    }
    return levels;
}

bool PatternIndex::waits_above(float score) const {
    const std::size_t level = highest();
    return level != levels && level > level_of(score);
}

void PatternIndex::offer(std::uint64_t key, float score) {
    Entry& e = entries_[find(key)];
    if (e.count == 0 || score <= e.queued) return;
    e.queued = score;
    const std::size_t level = level_of(score);
    queue_[level].push_back({score, key});
    occupied_[level / 64] |= std::uint64_t{1} << (level % 64);
}

std::optional<PatternIndex::Candidate> PatternIndex::pop() {
    for (std::size_t level = highest(); level != levels; level = highest()) {
        std::vector<Candidate>& waiting = queue_[level];
        while (!waiting.empty()) {
            constexpr std::size_t ahead = 4;
            if (waiting.size() > ahead) prefetch(waiting[waiting.size() - 1 - ahead].key);
            const Candidate last = waiting.back();
            waiting.pop_back();
            Entry& e = entries_[find(last.key)];
            if (e.count == 0 || e.queued != last.score) continue; // gone, or waiting with another score
            e.queued = 0.0f;
            if (waiting.empty()) occupied_[level / 64] &= ~(std::uint64_t{1} << (level % 64));
            return last;
        }
        occupied_[level / 64] &= ~(std::uint64_t{1} << (level % 64));
    }
    return std::nullopt;
}

void PatternIndex::clear_queue() {
    while (pop()) {
    }
}

void PatternIndex::shrink() {
    const std::size_t entries = std::max(fewest_entries, std::bit_ceil(used_ * 4));
    if (entries < entries_.size()) resize(entries);
}

void PatternIndex::resize(std::size_t entries) {
    std::vector<Entry> old(entries, Entry{0, 0, 0.0f});
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    shift_ = 64 - std::countr_zero(entries);
    for (const Entry& e : old) {
        if (e.count != 0) entries_[find(e.key)] = e;
    }
}

} // namespace bitgrain::cmvm
