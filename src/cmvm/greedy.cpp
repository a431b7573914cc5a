#include "cmvm/greedy.hpp"

#include "base/interrupt.hpp"

namespace bitgrain::cmvm {

namespace {

/// Three terms at once must gain so much more than the two: a third can still join them later.
constexpr float preferred = 1.2f;

} // namespace

void share_patterns(System& system, bool flip_digits) {
    PatternIndex& index = system.index();
    Group group, triple;
    while (const auto candidate = index.pop()) {
        check_interrupt();
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
        system.find(pattern, group);
        if (group.places.size() < 2) continue;
        PatternValue of_three;
        if (system.rule().operands() == 3) {
            triple = group;
            of_three = system.add_third(triple);
        }
        system.keep_in_time(group);
        const float pair_score = system.score(candidate->key, candidate->value, group.places.size());
        if (system.score(candidate->key, of_three, triple.places.size()) > preferred * pair_score &&
            system.share(triple)) {
            if (PatternIndex::Entry* entry = index.find(candidate->key)) system.offer(*entry, candidate->key);
            continue;
        }
        if (group.places.size() < 2) continue;
        if (group.places.size() < candidate->count && must_wait(group.places.size())) continue;
        if (flip_digits && system.attract(pattern)) {
            system.find(pattern, group);
            system.keep_in_time(group);
        }
        system.share(group);
    }
}

} // namespace bitgrain::cmvm
