// How often each pattern occurs: counted for all sums at once, for all places of a shared group at once, and for one
// term. Where many are counted at once only those that occur often enough are looked up in the index.
#include "base/error.hpp"
#include "cmvm/system.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

constexpr std::size_t ahead = 16; ///< patterns whose memory is asked for before they are counted

} // namespace

void System::watch() {
    if (least_ == 0) return recount(2);
    watching_ = true;
    index_.clear_queue();
    for (std::size_t i = 0; i < frequent_.size(); ++i) {
        if (i + ahead < frequent_.size()) index_.prefetch(frequent_[i + ahead]);
        if (PatternIndex::Entry* entry = index_.find(frequent_[i])) offer(*entry, frequent_[i]);
    }
    frequent_ = {};
}

void System::recount(std::uint32_t least) {
    watching_ = true;
    least_ = least;
    std::size_t pairs = 0;
    for (Signal& signal : signals_) {
        if (!signal.is_row() || signal.alone) continue;
        std::sort(signal.terms.begin(), signal.terms.end(), [](const RowTerm& a, const RowTerm& b) {
            return a.signal != b.signal ? a.signal > b.signal : a.shift > b.shift;
        });
        pairs += signal.terms.size() * (signal.terms.size() - 1) / 2;
    }
    work_ += static_cast<std::int64_t>(pairs);
    index_.clear(least > 1 ? 0 : pairs);
    std::vector<std::uint32_t> seen(signals_.size(), 0); // terms of each row up to the one whose pairs are counted
    for (std::uint32_t id = static_cast<std::uint32_t>(signals_.size()); id-- > 0;) {
        const std::vector<std::uint64_t>& uses = signals_[id].uses;
        begin_beside(uses.size(), least);
        for (auto packed = uses.rbegin(); packed != uses.rend(); ++packed) {
            const Use use = unpack_use(*packed);
            const Signal& row = signals_[use.row];
            if (row.alone) continue;
            for (std::size_t i = ++seen[use.row]; i < row.terms.size(); ++i)
                beside_.count(moved(row.terms[i], -use.shift, use.negate));
        }
        list_beside({id, 0, false});
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (i + ahead < keys_.size()) index_.prefetch(keys_[i + ahead]);
            count_pair(keys_[i], times_[i]);
        }
    }
}

void System::begin_beside(std::size_t most, std::uint32_t least) {
    beside_.begin(signals_.size(), highest_shift_ - lowest_shift_, static_cast<std::uint32_t>(most), least);
}

void System::list_beside(const RowTerm& term) {
    keys_.clear();
    times_.clear();
    for (const RowTerm& other : beside_.listed()) {
        if (!is_counted(other, term)) continue;
        keys_.push_back(Pattern(term, other).key());
        times_.push_back(beside_.count_of(other));
    }
}

void System::list_pairs(std::uint32_t row, const RowTerm& term) {
    keys_.clear();
    if (least_ == 0 || signals_[row].alone) return;
    const std::vector<RowTerm>& terms = signals_[row].terms;
    keys_.resize(terms.size());
    std::size_t count = 0;
    for (const RowTerm& other : terms) { // without a branch: it would be foretold wrongly
        keys_[count] = Pattern(other, term).key();
        index_.prefetch(keys_[count]);
        count += is_counted(other, term) ? 1 : 0;
    }
    keys_.resize(count);
    work_ += static_cast<std::int64_t>(keys_.size());
}

void System::count_pair(std::uint64_t key, std::uint32_t times) {
    PatternIndex::Entry& entry = index_.add(key, times);
    if (entry.count < 2) return;
    if (watching_) {
        offer(entry, key);
    } else if (entry.count == 2) {
        frequent_.push_back(key);
    }
}

void System::discount_pair(std::uint64_t key, std::uint32_t times) {
    const std::uint32_t removed = index_.remove(key, times);
    CHECK(removed == times || least_ > 1, "a pattern that does not occur was removed");
}

void System::replace(const Group& group, const std::vector<Occurrence>& places, const RowTerm& by) {
    const std::span<const RowTerm> replaced = group.span();
    begin_beside(places.size(), 1);
    std::int64_t others = 0;
    for (const Occurrence& place : places) {
        Signal& row = signals_[place.row];
        std::size_t kept = 0;
        for (const RowTerm& term : row.terms) {
            const RowTerm other = moved(term, -place.shift, place.negate);
            if (std::find(replaced.begin(), replaced.end(), other) != replaced.end()) continue;
            row.terms[kept++] = term;
            beside_.count(other);
        }
        CHECK(kept + group.count == row.terms.size(), "a group is not where it was found");
        others += static_cast<std::int64_t>(kept);
        row.terms.resize(kept);
        for (const RowTerm& term : replaced) {
            row.weight -= rule_.weight(signals_[term.signal].depth);
            note({Change::Kind::take, place.row, moved(term, place.shift, place.negate)});
        }
        append(place.row, moved(by, place.shift, place.negate));
        if (row.terms.size() == 1) pending_.push_back(place.row);
    }
    for (const RowTerm& term : replaced) {
        std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
        std::size_t next = 0;
        std::erase_if(uses, [&](std::uint64_t use) {
            if (next == places.size()) return false;
            const Occurrence& place = places[next];
            if (use != pack_use(place.row, place.shift + term.shift, place.negate != term.negate)) return false;
            ++next;
            return true;
        });
        if (uses.size() <= 1) pending_.push_back(term.signal);
    }

    work_ += others * static_cast<std::int64_t>(group.count + 1);
    const auto update = [&](const RowTerm& term, const auto& change) {
        list_beside(term);
        for (std::size_t i = 0; i < keys_.size(); ++i) {
            if (i + ahead < keys_.size()) index_.prefetch(keys_[i + ahead]);
            change(keys_[i], times_[i]);
        }
    };
    update(by, [&](std::uint64_t key, std::uint32_t times) {
        if (times >= least_) count_pair(key, times);
    });
    for (std::size_t k = 0; k < replaced.size(); ++k) {
        update(replaced[k], [&](std::uint64_t key, std::uint32_t times) { discount_pair(key, times); });
        for (std::size_t other = 0; other < k; ++other) {
            if (!is_counted(replaced[other], replaced[k])) continue;
            discount_pair(Pattern(replaced[other], replaced[k]).key(), static_cast<std::uint32_t>(places.size()));
        }
    }
}

} // namespace bitgrain::cmvm
