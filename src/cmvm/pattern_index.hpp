// How often each pattern occurs, and a queue of the promising ones. Counts are exact numbers of pairs; the queue is
// lazy: it holds upper bounds and whoever pops checks. Nothing here depends on the order inside the hash table.
#pragma once

#include "cmvm/large_pages.hpp"
#include "cmvm/pattern.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace bitgrain::cmvm {

/// What sharing a pattern would change.
struct PatternValue {
    int worth = 0; ///< saved in each place, in quarters of a bit; 0: nothing
    int bits = 0;  ///< of the adder that makes it
};

class PatternIndex {
  public:
    struct Entry {
        std::uint64_t key = 0;
        std::uint32_t count = 0;            ///< 0: free
        std::uint32_t worth : 12 = unknown; ///< PatternValue once somebody has asked for it, else unknown
        std::uint32_t bits : 8 = 0;
        std::uint32_t level : 12 = 0; ///< of the queue where it waits; 0: none
    };
    static constexpr std::uint32_t unknown = 0xfff;

    PatternIndex();

    /// Starts loading what add() and remove() will need: most of their time is spent waiting for memory.
    void prefetch(std::uint64_t key) const { __builtin_prefetch(&entries_[slot(key)], 1); }
    /// Gives back what more patterns needed: a small table stays in the cache and is copied fast.
    void shrink();
    /// Forgets everything; there will be about so many patterns.
    void clear(std::size_t patterns);
    /// The entry, already counted; good until the next add or remove.
    Entry& add(std::uint64_t key, std::uint32_t times = 1);
    /// How many there were to remove.
    std::uint32_t remove(std::uint64_t key, std::uint32_t times = 1);
    /// None when it does not occur.
    Entry* find(std::uint64_t key);

    struct Candidate {
        std::uint64_t key;
        std::size_t count;
        PatternValue value;
    };
    /// Queues a pattern unless it already waits with at least this score, up to 1/128.
    void offer(Entry& entry, std::uint64_t key, float score);
    /// A waiting candidate with the highest level, the last offered first; removed from the queue.
    std::optional<Candidate> pop();
    /// True when something of a higher level than this score waits.
    bool waits_above(float score) const;
    void clear_queue();

    /// Different patterns.
    std::size_t size() const { return used_; }

  private:
    std::size_t slot(std::uint64_t key) const { return (key * 0x9e3779b97f4a7c15ULL) >> shift_; }
    /// Place of the key, or the free one where it belongs.
    std::size_t place(std::uint64_t key) const {
        std::size_t i = slot(key);
        while (entries_[i].count != 0 && entries_[i].key != key)
            i = (i + 1) & mask_;
        return i;
    }
    void resize(std::size_t entries);

    /// Scores within 1/128 of each other share a level: a queue of levels needs no comparisons. Level 0 is never used.
    static constexpr std::size_t words = 64, levels = words * 64;
    static std::size_t level_of(float score);
    /// Highest level with anything in it; none: 0.
    std::size_t highest() const;

    using Table = std::vector<Entry, LargePages<Entry>>;

    Table entries_;
    /// Keys that wait on one level, the last one first, and the chunk that was full before.
    struct Chunk {
        static constexpr std::uint32_t room = 30;
        std::array<std::uint64_t, room> keys;
        std::uint32_t count = 0, next = 0;
    };
    std::vector<Chunk> chunks_;                ///< from 1 on: 0 is none
    std::array<std::uint32_t, levels> last_{}; ///< of each level, into chunks_
    std::uint32_t unused_ = 0;                 ///< of chunks_, linked by next
    std::array<std::uint64_t, words> occupied_{};
    std::size_t mask_ = 0, used_ = 0;
    int shift_ = 0;
};

} // namespace bitgrain::cmvm
