#include "cmvm/greedy.hpp"

#include <vector>

namespace bitgrain::cmvm {

void share_patterns(System& system, bool flip_digits) {
    PatternIndex& index = system.index();
    std::vector<Occurrence> places;
    while (const auto candidate = index.pop()) {
        const Pattern pattern(candidate->key);
        // Most candidates have lost places since they were offered: the count alone says so, without a look at any row.
        const int count = index.count(candidate->key);
        if (count < 2) continue;
        const float bound = system.score(pattern, static_cast<std::size_t>(count));
        if (bound < candidate->score && index.waits_above(bound)) {
            if (bound > 0.0f) index.offer(candidate->key, bound);
            continue;
        }
        system.occurrences(pattern, places);
        if (places.size() < 2) continue;
        const float score = system.score(pattern, places.size());
        if (score <= 0.0f) continue;
        if (score < candidate->score && index.waits_above(score)) {
            index.offer(candidate->key, score); // it waited with a bound that was too high
            continue;
        }
        if (flip_digits && system.attract(pattern)) system.occurrences(pattern, places);
        system.share(pattern, places);
    }
}

} // namespace bitgrain::cmvm
