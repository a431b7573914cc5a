#include "cmvm/system.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstdlib>

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

// ---- building ------------------------------------------------------------------------------------------------------

std::uint32_t System::new_signal(LinearForm form) {
    std::uint32_t id = 0;
    if (free_.empty()) {
        id = static_cast<std::uint32_t>(signals_.size());
        CHECK(id < Pattern::max_signals, "too many signals");
        signals_.emplace_back();
    } else {
        id = free_.back();
        free_.pop_back();
    }
    Signal& signal = signals_[id];
    signal.range = range_of(form, sources_);
    signal.form = std::move(form);
    signal.alive = true;
    signal.alone = false;
    register_form(id);
    note({Change::Kind::create, id, {}});
    return id;
}

std::uint32_t System::add_source(const Range& range, int arrival) {
    CHECK(sources_.size() == signals_.size(), "sources come first");
    sources_.push_back(range);
    const std::uint32_t id = new_signal({{static_cast<std::uint32_t>(signals_.size()), 1}});
    signals_[id].source = true;
    signals_[id].depth = arrival;
    return id;
}

std::uint32_t System::add_row(LinearForm form, int limit) {
    const std::uint32_t id = new_signal(std::move(form));
    signals_[id].limit = limit;
    return id;
}

void System::add_term(std::uint32_t row, RowTerm term) {
    put(row, term);
}

void System::add_output(RowTerm term, bool zero) {
    outputs_.push_back({term, zero});
    if (!zero) ++signals_[term.signal].outputs;
}

// ---- reading -------------------------------------------------------------------------------------------------------

PatternValue System::pattern_value(Pattern pattern) const {
    const Range& first = signals_[pattern.first()].range;
    const Range second = scaled(signals_[pattern.second()].range, pattern.shift());
    int bits = 0;
    if (pattern.first() == pattern.second()) { // exact: (2^shift +- 1) * signal
        const double factor = power_of_two(pattern.shift()) + (pattern.negate() ? -1.0 : 1.0);
        bits = top({first.lo * factor, first.hi * factor, first.lsb}) - second.lsb;
    } else {
        bits = join({first, false}, {second, pattern.negate()}).bits;
    }
    if (bits <= 0) return {};
    const int other_tops = std::abs(top(first) - top(second)), other_grids = std::abs(first.lsb - second.lsb);
    return {std::max(1, 4 * (bits - other_tops) - other_grids), bits};
}

void System::occurrences(Pattern pattern, std::vector<Occurrence>& found) const {
    found.clear();
    const std::vector<std::uint64_t>& a = signals_[pattern.first()].uses;
    const std::vector<std::uint64_t>& b = signals_[pattern.second()].uses;
    const int depth_a = signals_[pattern.first()].depth, depth_b = signals_[pattern.second()].depth;
    const std::int64_t growth =
        rule_.weight(std::max(depth_a, depth_b) + 1) - rule_.weight(depth_a) - rule_.weight(depth_b);
    std::int64_t grown = 0; // in the current row by occurrences already taken
    const auto take_place = [&](const Use& use) {
        if (found.empty() || found.back().row != use.row) grown = 0;
        const Signal& row = signals_[use.row];
        if (row.alone) return false;
        if (rule_.limited() && row.weight + grown + growth > rule_.weight(row.limit)) return false;
        grown += growth;
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

bool System::depends_on(std::uint32_t id, std::uint32_t on) const {
    std::vector<std::uint32_t> stack{id};
    std::vector<char> seen(signals_.size(), 0);
    while (!stack.empty()) {
        const std::uint32_t at = stack.back();
        stack.pop_back();
        if (at == on) return true;
        if (seen[at] != 0) continue;
        seen[at] = 1;
        for (const RowTerm& term : signals_[at].terms)
            stack.push_back(term.signal);
    }
    return false;
}

int System::ready_depth(std::uint32_t id) const {
    const Signal& signal = signals_[id];
    return signal.is_row() && signal.uses.empty() ? rule_.depth_for(signal.weight) : signal.depth;
}

bool System::may_use(std::uint32_t id, std::uint32_t row) const {
    if (id == row) return false;
    if (signals_[id].source) return true;
    // Under a limit depths rise along every edge, which excludes cycles; without one, look.
    return rule_.limited() || !depends_on(id, row);
}

std::optional<std::uint32_t> System::find_form(const LinearForm& form) const {
    const auto at = by_form_.find(hash_of(form));
    if (at == by_form_.end() || !signals_[at->second].alive || signals_[at->second].form != form) return std::nullopt;
    return at->second;
}

} // namespace bitgrain::cmvm
