// Groups of terms that may become a signal: where they stand, and where that is in time.
#include "cmvm/system.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

using Place = std::vector<std::uint64_t>::const_iterator;

/// The first element that is not less than `wanted`; it is expected near `at`.
Place not_before(Place at, Place end, std::uint64_t wanted) {
    std::ptrdiff_t step = 1;
    while (step < end - at && at[step - 1] < wanted) {
        at += step;
        step *= 2;
    }
    return std::lower_bound(at, at + std::min(step, end - at), wanted);
}

} // namespace

void System::find(Pattern pattern, Group& group) const {
    group.terms = {RowTerm{pattern.first(), 0, false},
                   RowTerm{pattern.second(), static_cast<std::int16_t>(pattern.shift()), pattern.negate()}};
    group.count = 2;
    std::vector<Occurrence>& found = group.places;
    found.clear();
    const std::vector<std::uint64_t>& a = signals_[pattern.first()].uses;
    const std::vector<std::uint64_t>& b = signals_[pattern.second()].uses;
    const auto take_place = [&](const Use& use) {
        if (signals_[use.row].alone) return false;
        found.push_back({use.row, use.shift, use.negate});
        return true;
    };
    if (pattern.first() == pattern.second()) {
        // Terms k, k + d, k + 2d, ... overlap: take them from below, each term once.
        std::vector<char> used(a.size(), 0);
        for (std::size_t i = 0; i < a.size(); ++i) {
            if (used[i] != 0) continue;
            const Use use = unpack_use(a[i]);
            const std::uint64_t wanted = pack_use(use.row, use.shift + pattern.shift(), use.negate != pattern.negate());
            const auto at = std::lower_bound(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(), wanted);
            if (at == a.end() || *at != wanted) continue;
            const auto other = static_cast<std::size_t>(at - a.begin());
            if (used[other] == 0 && take_place(use)) used[other] = 1;
        }
        return;
    }
    // In packed form the place of the second operand is a constant away from that of the first. The longer list is only
    // looked at where the shorter one says.
    const std::uint64_t away = static_cast<std::uint64_t>(static_cast<std::int64_t>(pattern.shift()) * 2);
    const std::uint64_t sign = pattern.negate() ? 1 : 0;
    const bool by_first = a.size() <= b.size();
    const std::vector<std::uint64_t>&few = by_first ? a : b, &many = by_first ? b : a;
    auto at = many.begin();
    for (const std::uint64_t packed : few) {
        const std::uint64_t first = by_first ? packed : (packed ^ sign) - away;
        const std::uint64_t wanted = by_first ? (packed + away) ^ sign : first;
        at = not_before(at, many.end(), wanted & ~std::uint64_t{1});
        if (at == many.end()) return;
        if (*at == wanted) take_place(unpack_use(first));
    }
}

std::int64_t System::growth(const Group& group, int depth) const {
    std::int64_t growth = rule_.weight(depth);
    for (const RowTerm& term : group.span())
        growth -= rule_.weight(signals_[term.signal].depth);
    return growth;
}

void System::drop_late(std::vector<Occurrence>& places, std::int64_t growth) const {
    std::int64_t grown = 0; // in the current row by places already taken
    std::size_t kept = 0;
    for (const Occurrence& place : places) {
        if (kept == 0 || places[kept - 1].row != place.row) grown = 0;
        const Signal& row = signals_[place.row];
        if (row.weight + grown + growth > rule_.weight(row.limit)) continue;
        grown += growth;
        places[kept++] = place;
    }
    places.resize(kept);
}

void System::keep_in_time(Group& group) {
    // A signal that is used nowhere else will be written out: what it is a sum of counts, not when that sum is ready.
    // With two operands that gains nothing (measured).
    const auto leaves = [&](const Signal& signal) {
        return rule_.operands() == 3 && signal.is_row() && signal.outputs == 0 &&
               signal.uses.size() == group.places.size() && group.terms[0].signal != group.terms[1].signal;
    };
    group.depth = 0;
    std::int64_t weight = 0;
    bool some_leave = false;
    for (const RowTerm& term : group.span()) {
        const Signal& signal = signals_[term.signal];
        group.depth = std::max(group.depth, signal.depth + 1);
        weight += leaves(signal) ? signal.weight : rule_.weight(signal.depth);
        some_leave = some_leave || leaves(signal);
    }
    if (!rule_.limited()) return;
    if (some_leave) {
        const int earliest = rule_.depth_for(weight);
        early_ = group.places;
        if (earliest < group.depth) drop_late(early_, growth(group, earliest));
        if (earliest < group.depth && early_.size() == group.places.size()) {
            group.depth = earliest;
            return;
        }
    }
    drop_late(group.places, growth(group, group.depth));
}

PatternValue System::add_third(Group& group) {
    // One place of each row, so that places stay disjoint.
    const auto same_row = [](const Occurrence& a, const Occurrence& b) { return a.row == b.row; };
    group.places.erase(std::unique(group.places.begin(), group.places.end(), same_row), group.places.end());
    const auto in_place = [](const RowTerm& term, const Occurrence& place) {
        return moved(term, place.shift, place.negate);
    };
    begin_beside(group.places.size(), 2);
    for (const Occurrence& place : group.places) {
        const std::vector<RowTerm>& terms = signals_[place.row].terms;
        for (const RowTerm& term : terms)
            beside_.count(moved(term, -place.shift, place.negate));
        work_ += static_cast<std::int64_t>(terms.size()) - 2;
    }
    const SignedRange first = term_range(group.terms[0]), second = term_range(group.terms[1]);
    const Joined pair = join(first, second);
    const int pair_worth = worth(first.range, second.range, pair.bits);
    // No third shares more positions with the pair than the pair has, but for sign and carry.
    const int most_worth = pair_worth + std::max(1, 4 * (top(pair.value.range) - pair.value.range.lsb + 2));
    const auto number = [](const RowTerm& term) { return pack_use(term.signal, term.shift, term.negate); };
    PatternValue best;
    float best_score = 0.0f;
    for (const RowTerm& term : beside_.listed()) {
        if (term == group.terms[0] || term == group.terms[1]) continue;
        const std::size_t count = beside_.count_of(term);
        if (static_cast<float>(count) * static_cast<float>(most_worth) < best_score) continue;
        const SignedRange third = term_range(term);
        const int bits = join(pair.value, third).bits;
        const PatternValue value{pair_worth + worth(pair.value.range, third.range, bits), bits};
        const float score = plain_score(value, count);
        if (score < best_score || score == 0.0f) continue;
        if (score == best_score && number(term) > number(group.terms[2])) continue;
        best_score = score;
        best = value;
        group.terms[2] = term;
    }
    if (best.worth == 0) return best;
    group.count = 3;
    std::erase_if(group.places,
                  [&](const Occurrence& place) { return !has(place.row, in_place(group.terms[2], place)); });
    keep_in_time(group);
    return best;
}

} // namespace bitgrain::cmvm
