// How often each pattern occurs, and a queue of the promising ones. Counts are exact numbers of pairs; the queue is
// lazy: it holds upper bounds and whoever pops checks. Nothing here depends on the order inside the hash table.
#pragma once

#include "cmvm/pattern.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace bitgrain::cmvm {

class PatternIndex {
  public:
    PatternIndex();

    /// Starts loading what add() and remove() will need: most of their time is spent waiting for memory.
    void prefetch(std::uint64_t key) const { __builtin_prefetch(&entries_[slot(key)], 1); }
    /// Gives back what more patterns needed: a small table stays in the cache and is copied fast.
    void shrink();
    /// Returns the new count.
    int add(std::uint64_t key);
    void remove(std::uint64_t key);
    int count(std::uint64_t key) const;

    struct Candidate {
        float score;
        std::uint64_t key;
    };
    /// Queues a pattern unless it already waits with at least this score.
    void offer(std::uint64_t key, float score);
    /// A waiting candidate with the highest level, the last offered first; removed from the queue.
    std::optional<Candidate> pop();
    /// True when something of a higher level than this score waits.
    bool waits_above(float score) const;
    void clear_queue();

    /// Calls f(key, count) for every pattern, in no particular order.
    template <class F>
    void for_each(F&& f) const {
        for (const Entry& e : entries_) {
            if (e.count != 0) f(e.key, e.count);
        }
    }
    std::size_t size() const { return used_; }

  private:
    struct Entry {
        std::uint64_t key;
        std::int32_t count; ///< 0: free
        float queued;       ///< score it waits with
    };

    std::size_t slot(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL) >> shift_; }
    /// Entry of the key, or the free entry where it belongs.
    std::size_t find(std::uint64_t key) const {
        std::size_t i = slot(key);
        while (entries_[i].count != 0 && entries_[i].key != key)
            i = (i + 1) & mask_;
        return i;
    }
    void resize(std::size_t entries);

    /// Scores within 1/128 of each other share a level: a queue of levels needs no comparisons.
    static constexpr std::size_t words = 64, levels = words * 64;
    static std::size_t level_of(float score);
    /// Highest level with anything in it; none: levels.
    std::size_t highest() const;

    std::vector<Entry> entries_;
    std::vector<std::vector<Candidate>> queue_; ///< by level; the last one of a level comes first
    std::array<std::uint64_t, words> occupied_{};
    std::size_t mask_ = 0, used_ = 0;
    int shift_ = 0;
};

} // namespace bitgrain::cmvm
