#include "cmvm/greedy.hpp"

#include <vector>

namespace bitgrain::cmvm {

void share_patterns(System& system, bool flip_digits) {
    PatternIndex& index = system.index();
    std::vector<Occurrence> places;
    while (const auto candidate = index.pop()) {
        const Pattern pattern(candidate->key);
        const auto must_wait =
            [&](std::size_t count) { // it was offered when it had more places: others may be better now
                const float score = system.score(candidate->key, candidate->value, count);
                if (score > 0.0f && !index.waits_above(score)) return false;
                if (score > 0.0f) index.offer(*index.find(candidate->key), candidate->key, score);
                return true;
            };
        // Most candidates have lost places since: the count alone says so, without a look at any row.
        if (candidate->count < 2 || must_wait(candidate->count)) continue;
        system.occurrences(pattern, places);
        if (places.size() < 2 || (places.size() < candidate->count && must_wait(places.size()))) continue;
        if (flip_digits && system.attract(pattern)) system.occurrences(pattern, places);
        system.share(pattern, places);
    }
}

} // namespace bitgrain::cmvm
