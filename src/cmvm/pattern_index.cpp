#include "cmvm/pattern_index.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <bit>
#include <utility>

namespace bitgrain::cmvm {

namespace {

constexpr std::size_t fewest_entries = 1024;
constexpr std::size_t small_table = 1 << 16; ///< entries that may as well be too many

/// Of so many entries at most this many are used.
std::size_t most_used(std::size_t entries) {
    return entries < small_table ? entries / 2 : entries / 16 * 11;
}

} // namespace

PatternIndex::PatternIndex() : chunks_(1) {
    resize(fewest_entries);
}

PatternIndex::Entry& PatternIndex::add(std::uint64_t key, std::uint32_t times) {
    Entry* e = &entries_[place(key)];
    if (e->count == 0) {
        if (++used_ > most_used(entries_.size())) {
            resize(entries_.size() * (entries_.size() < small_table ? 4 : 2));
            e = &entries_[place(key)];
        }
        *e = {};
        e->key = key;
    }
    e->count += times;
    return *e;
}

std::uint32_t PatternIndex::remove(std::uint64_t key, std::uint32_t times) {
    std::size_t hole = place(key);
    const std::uint32_t removed = std::min(times, entries_[hole].count);
    if (removed == 0) return 0;
    entries_[hole].count -= removed;
    if (entries_[hole].count > 0) return removed;
    --used_;
    // Linear probing without tombstones: pull later entries of the run into the hole.
    for (std::size_t i = (hole + 1) & mask_; entries_[i].count != 0; i = (i + 1) & mask_) {
        const std::size_t home = slot(entries_[i].key);
        if (((i - home) & mask_) < ((i - hole) & mask_)) continue;
        entries_[hole] = entries_[i];
        entries_[i].count = 0;
        hole = i;
    }
    return removed;
}

PatternIndex::Entry* PatternIndex::find(std::uint64_t key) {
    Entry& e = entries_[place(key)];
    return e.count != 0 ? &e : nullptr;
}

std::size_t PatternIndex::level_of(float score) {
    // A positive float read as an integer rises with its value: exponent, then mantissa. 2^-4 is level 1.
    constexpr int mantissa_bits = 7, lowest_exponent = 127 - 4;
    const auto bits = static_cast<std::int64_t>(std::bit_cast<std::uint32_t>(score) >> (23 - mantissa_bits));
    const std::int64_t level = bits - (std::int64_t{lowest_exponent} << mantissa_bits) + 1;
    return static_cast<std::size_t>(std::clamp<std::int64_t>(level, 1, levels - 1));
}

std::size_t PatternIndex::highest() const {
    for (std::size_t word = words; word-- > 0;) {
        if (occupied_[word] != 0) return word * 64 + static_cast<std::size_t>(std::bit_width(occupied_[word])) - 1;
    }
    return 0;
}

bool PatternIndex::waits_above(float score) const {
    return highest() > level_of(score);
}

void PatternIndex::offer(Entry& entry, std::uint64_t key, float score) {
    const std::size_t level = level_of(score);
    if (level <= entry.level) return;
    entry.level = level & 0xfff;
    std::uint32_t& last = last_[level];
    if (last == 0 || chunks_[last].count == Chunk::room) {
        if (unused_ == 0) {
            unused_ = static_cast<std::uint32_t>(chunks_.size());
            chunks_.emplace_back();
        }
        const std::uint32_t chunk = std::exchange(unused_, chunks_[unused_].next);
        chunks_[chunk].next = std::exchange(last, chunk);
    }
    chunks_[last].keys[chunks_[last].count++] = key;
    occupied_[level / 64] |= std::uint64_t{1} << (level % 64);
}

std::optional<PatternIndex::Candidate> PatternIndex::pop() {
    for (std::size_t level = highest(); level != 0; level = highest()) {
        std::uint32_t& last = last_[level];
        while (last != 0) {
            Chunk& chunk = chunks_[last];
            constexpr std::uint32_t ahead = 4;
            if (chunk.count > ahead) prefetch(chunk.keys[chunk.count - 1 - ahead]);
            const std::uint64_t key = chunk.keys[--chunk.count];
            if (chunk.count == 0) {
                const std::uint32_t emptied = std::exchange(last, chunk.next);
                chunk.next = std::exchange(unused_, emptied);
            }
            Entry* entry = find(key);
            if (entry == nullptr || entry->level != level) continue; // gone, or waiting with another score
            entry->level = 0;
            if (last == 0) occupied_[level / 64] &= ~(std::uint64_t{1} << (level % 64));
            return Candidate{key, entry->count, {static_cast<int>(entry->worth), static_cast<int>(entry->bits)}};
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

void PatternIndex::clear(std::size_t patterns) {
    clear_queue();
    const std::size_t entries = std::max(fewest_entries, std::bit_ceil(patterns * 2));
    entries_ = Table(entries);
    mask_ = entries - 1;
    shift_ = 64 - std::countr_zero(entries);
    used_ = 0;
}

void PatternIndex::resize(std::size_t entries) {
    Table old(entries);
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    shift_ = 64 - std::countr_zero(entries);
    for (const Entry& e : old) {
        if (e.count != 0) entries_[place(e.key)] = e;
    }
}

} // namespace bitgrain::cmvm
