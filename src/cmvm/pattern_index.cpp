#include "cmvm/pattern_index.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

bool before(const PatternIndex::Candidate& a, const PatternIndex::Candidate& b) {
    return a.score != b.score ? a.score < b.score : a.key > b.key;
}

} // namespace

PatternIndex::PatternIndex() : entries_(1024, Entry{0, 0, 0.0f}), mask_(1023), shift_(54) {}

int PatternIndex::add(std::uint64_t key) {
    std::size_t i = find(key);
    Entry& e = entries_[i];
    if (e.count != 0) return ++e.count;
    e = {key, 1, 0.0f};
    if (++used_ * 2 > entries_.size()) grow();
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

void PatternIndex::offer(std::uint64_t key, float score) {
    Entry& e = entries_[find(key)];
    if (e.count == 0 || score <= e.queued) return;
    e.queued = score;
    queue_.push_back({score, key});
    std::push_heap(queue_.begin(), queue_.end(), before);
}

std::optional<PatternIndex::Candidate> PatternIndex::pop() {
    while (!queue_.empty()) {
        std::pop_heap(queue_.begin(), queue_.end(), before);
        const Candidate top = queue_.back();
        queue_.pop_back();
        Entry& e = entries_[find(top.key)];
        if (e.count == 0 || e.queued != top.score) continue; // gone, or waiting with another score
        e.queued = 0.0f;
        return top;
    }
    return std::nullopt;
}

void PatternIndex::clear_queue() {
    for (const Candidate& c : queue_) {
        Entry& e = entries_[find(c.key)];
        if (e.count != 0) e.queued = 0.0f;
    }
    queue_.clear();
}

void PatternIndex::grow() {
    std::vector<Entry> old(entries_.size() * 2, Entry{0, 0, 0.0f});
    old.swap(entries_);
    mask_ = entries_.size() - 1;
    --shift_;
    for (const Entry& e : old) {
        if (e.count != 0) entries_[find(e.key)] = e;
    }
}

} // namespace bitgrain::cmvm
