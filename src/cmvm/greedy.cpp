#include "cmvm/greedy.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

struct Choice {
    PatternIndex::Candidate candidate{};
    std::vector<Occurrence> places;
    double common = 0.0;
};

/// Bits that the places share besides the pattern itself: what the new signal can still grow by.
double common_bits(const System& system, const Choice& choice, std::vector<std::uint64_t>& scratch) {
    const Pattern pattern(choice.candidate.key);
    scratch.clear();
    for (const Occurrence& place : choice.places) {
        // Other terms as patterns with a signal that stands at the place; id 0 shift is that of the first operand.
        for (const RowTerm& term : system.signal(place.row).terms) {
            if (term.signal == pattern.first() && term.shift == place.shift) continue;
            if (term.signal == pattern.second() && term.shift == place.shift + pattern.shift()) continue;
            const RowTerm relative{term.signal, static_cast<std::int16_t>(term.shift - place.shift),
                                   term.negate != place.negate};
            scratch.push_back((static_cast<std::uint64_t>(relative.signal) << 32) |
                              (static_cast<std::uint64_t>(relative.shift + (1 << 14)) << 1) |
                              static_cast<std::uint64_t>(relative.negate));
        }
    }
    std::sort(scratch.begin(), scratch.end());
    double common = 0.0;
    for (std::size_t i = 1; i < scratch.size(); ++i) {
        if (scratch[i] == scratch[i - 1]) common += 1.0;
    }
    return common;
}

} // namespace

void share_patterns(System& system, const GreedyOptions& options) {
    PatternIndex& index = system.index();
    std::vector<Choice> choices(static_cast<std::size_t>(std::max(1, options.candidates)));
    std::vector<std::uint64_t> scratch;
    while (true) {
        std::size_t count = 0;
        while (count < choices.size()) {
            const auto candidate = index.pop();
            if (!candidate) break;
            Choice& choice = choices[count];
            choice.candidate = *candidate;
            const Pattern pattern(candidate->key);
            system.occurrences(pattern, choice.places);
            if (choice.places.size() < 2) continue;
            const float now = system.score(pattern, choice.places.size());
            if (now <= 0.0f) continue;
            if (now < candidate->score && now < index.best_waiting()) {
                index.offer(candidate->key, now); // the bound was too high
                continue;
            }
            choice.candidate.score = now;
            // Look-ahead decides between near ties only.
            if (count > 0 && now < 0.95f * choices[0].candidate.score) {
                index.offer(candidate->key, now);
                break;
            }
            ++count;
        }
        if (count == 0) return;
        std::size_t best = 0;
        if (count > 1) {
            for (std::size_t i = 0; i < count; ++i)
                choices[i].common = common_bits(system, choices[i], scratch);
            for (std::size_t i = 1; i < count; ++i) {
                if (choices[i].common > choices[best].common) best = i;
            }
            for (std::size_t i = 0; i < count; ++i) {
                if (i != best) index.offer(choices[i].candidate.key, choices[i].candidate.score);
            }
        }
        system.share(Pattern(choices[best].candidate.key), choices[best].places);
    }
}

} // namespace bitgrain::cmvm
