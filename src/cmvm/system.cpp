#include "cmvm/system.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

constexpr int shift_bias = 1 << 14;

std::uint64_t pack(std::uint32_t row, int shift, bool negate) {
    return (static_cast<std::uint64_t>(row) << 32) | (static_cast<std::uint64_t>(shift + shift_bias) << 1) |
           static_cast<std::uint64_t>(negate);
}

Use unpack(std::uint64_t packed) {
    return {static_cast<std::uint32_t>(packed >> 32), static_cast<int>((packed & 0xffffffffULL) >> 1) - shift_bias,
            (packed & 1) != 0};
}

RowTerm moved(const RowTerm& term, int shift, bool negate) {
    return {term.signal, static_cast<std::int16_t>(term.shift + shift), term.negate != negate};
}

} // namespace

// ---- building ------------------------------------------------------------------------------------------------------

std::uint32_t System::new_signal(LinearForm form) {
    const auto id = static_cast<std::uint32_t>(signals_.size());
    CHECK(id < Pattern::max_signals, "too many signals");
    by_form_.try_emplace(hash_of(form), id);
    Signal signal;
    signal.range = range_of(form, sources_);
    signal.form = std::move(form);
    signals_.push_back(std::move(signal));
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

int System::pattern_bits(Pattern pattern) const {
    const Range& first = signals_[pattern.first()].range;
    if (pattern.first() == pattern.second()) { // exact: (2^shift +- 1) * signal
        const double factor = power_of_two(pattern.shift()) + (pattern.negate() ? -1.0 : 1.0);
        return top({first.lo * factor, first.hi * factor, first.lsb}) - first.lsb - pattern.shift();
    }
    return join({first, false}, {scaled(signals_[pattern.second()].range, pattern.shift()), pattern.negate()}).bits;
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
            const Use use = unpack(a[i]);
            const std::uint64_t wanted = pack(use.row, use.shift + pattern.shift(), use.negate != pattern.negate());
            const auto at = std::lower_bound(a.begin() + static_cast<std::ptrdiff_t>(i), a.end(), wanted);
            if (at == a.end() || *at != wanted) continue;
            const auto other = static_cast<std::size_t>(at - a.begin());
            if (used[other] == 0 && take_place(use)) used[other] = 1;
        }
        return;
    }
    std::size_t j = 0;
    for (const std::uint64_t packed : a) {
        const Use use = unpack(packed);
        const std::uint64_t wanted = pack(use.row, use.shift + pattern.shift(), use.negate != pattern.negate());
        while (j < b.size() && (b[j] | 1) < (wanted | 1))
            ++j;
        if (j < b.size() && b[j] == wanted) take_place(use);
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

// ---- terms ---------------------------------------------------------------------------------------------------------

void System::watch(double noise, std::uint64_t seed) {
    watching_ = true;
    noise_ = noise;
    seed_ = seed;
    index_.clear_queue();
    std::vector<std::uint64_t> keys;
    index_.for_each([&](std::uint64_t key, int count) {
        if (count >= 2) keys.push_back(key);
    });
    std::sort(keys.begin(), keys.end());
    for (const std::uint64_t key : keys) {
        const float value = score(Pattern(key), static_cast<std::size_t>(index_.count(key)));
        if (value > 0.0f) index_.offer(key, value);
    }
}

float System::score(Pattern pattern, std::size_t count) const {
    const auto saved = static_cast<double>((count - 1) * static_cast<std::size_t>(std::max(0, pattern_bits(pattern))));
    if (noise_ == 0.0) return static_cast<float>(saved);
    std::uint64_t h = (pattern.key() ^ seed_) * 0x9e3779b97f4a7c15ULL;
    h = (h ^ (h >> 32)) * 0xbf58476d1ce4e5b9ULL;
    return static_cast<float>(saved * (1.0 + noise_ * static_cast<double>(h >> 40) * power_of_two(-24)));
}

void System::count_pair(const RowTerm& a, const RowTerm& b) {
    const Pattern pattern(a, b);
    const int count = index_.add(pattern.key());
    if (!watching_ || count < 2) return;
    const float value = score(pattern, static_cast<std::size_t>(count));
    if (value > 0.0f) index_.offer(pattern.key(), value);
}

void System::put(std::uint32_t row, RowTerm term) {
    std::vector<RowTerm>& terms = signals_[row].terms;
    for (std::size_t i = 0; i < terms.size(); ++i) {
        if (terms[i].signal != term.signal || terms[i].shift != term.shift) continue;
        // x + x is one term a place higher, x - x is none.
        const bool cancels = terms[i].negate != term.negate;
        take(row, i);
        if (!cancels) put(row, moved(term, 1, false));
        return;
    }
    for (const RowTerm& other : terms)
        count_pair(other, term);
    work_ += static_cast<std::int64_t>(terms.size());
    terms.push_back(term);
    signals_[row].weight += rule_.weight(signals_[term.signal].depth);
    std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
    const std::uint64_t use = pack(row, term.shift, term.negate);
    uses.insert(std::lower_bound(uses.begin(), uses.end(), use), use);
}

void System::take(std::uint32_t row, std::size_t position) {
    std::vector<RowTerm>& terms = signals_[row].terms;
    const RowTerm term = terms[position];
    terms[position] = terms.back();
    terms.pop_back();
    for (const RowTerm& other : terms)
        index_.remove(Pattern(other, term).key());
    work_ += static_cast<std::int64_t>(terms.size());
    signals_[row].weight -= rule_.weight(signals_[term.signal].depth);
    std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
    uses.erase(std::lower_bound(uses.begin(), uses.end(), pack(row, term.shift, term.negate)));
    if (terms.size() <= 1) pending_.push_back(row);
    if (uses.size() <= 1) pending_.push_back(term.signal);
}

bool System::take_term(std::uint32_t row, RowTerm term) {
    const std::vector<RowTerm>& terms = signals_[row].terms;
    const auto at = std::find(terms.begin(), terms.end(), term);
    if (at == terms.end()) return false;
    take(row, static_cast<std::size_t>(at - terms.begin()));
    return true;
}

// ---- changing ------------------------------------------------------------------------------------------------------

bool System::share(Pattern pattern, std::span<const Occurrence> places) {
    const int shift_a = std::max(0, -pattern.shift()), shift_b = std::max(0, pattern.shift());
    const RowTerm a{pattern.first(), static_cast<std::int16_t>(shift_a), false};
    const RowTerm b{pattern.second(), static_cast<std::int16_t>(shift_b), pattern.negate()};
    LinearForm form = combine(signals_[a.signal].form, shift_a, false, signals_[b.signal].form, shift_b, b.negate);
    const bool zero = form.empty();
    const Taken taken = normalise(form);
    const int depth = std::max(signals_[a.signal].depth, signals_[b.signal].depth) + 1;

    const std::optional<std::uint32_t> known = zero ? std::nullopt : find_form(form);
    const bool late = known && ready_depth(*known) > depth; // too late to replace the pair
    const bool fresh = !zero && (!known || late);
    std::uint32_t target = known && !late ? *known : 0;
    std::vector<Occurrence> valid;
    for (const Occurrence& place : places) {
        if (fresh || zero || may_use(target, place.row)) valid.push_back(place);
    }
    if (valid.size() < (fresh ? 2u : 1u)) return false;
    if (fresh) {
        target = new_signal(std::move(form));
        signals_[target].depth = depth;
        signals_[target].limit = depth;
    } else if (!zero && signals_[target].is_row() && signals_[target].uses.empty()) {
        // An output that becomes a term must keep the depth its users count with.
        signals_[target].depth = ready_depth(target);
        signals_[target].limit = signals_[target].depth;
    }
    for (const Occurrence& place : valid) {
        const int shift = place.shift - shift_a;
        const bool found =
            take_term(place.row, moved(a, shift, place.negate)) && take_term(place.row, moved(b, shift, place.negate));
        CHECK(found, "a pattern is not where it was found");
        if (!zero) put(place.row, moved({target, 0, false}, shift + taken.shift, place.negate != taken.negate));
    }
    if (fresh) {
        put(target, moved(a, -taken.shift, taken.negate));
        put(target, moved(b, -taken.shift, taken.negate));
        pending_.push_back(target);
    }
    settle();
    return true;
}

void System::write_out(std::uint32_t id) {
    CHECK(signals_[id].is_row(), "only sums can be written out");
    const std::vector<std::uint64_t> uses = signals_[id].uses;
    const std::vector<RowTerm> terms = signals_[id].terms;
    for (const std::uint64_t packed : uses) {
        const Use use = unpack(packed);
        // Merging of equal terms may have removed it already.
        if (!take_term(use.row, {id, static_cast<std::int16_t>(use.shift), use.negate})) continue;
        for (const RowTerm& term : terms)
            put(use.row, moved(term, use.shift, use.negate));
    }
    settle();
}

void System::settle() {
    while (!pending_.empty()) {
        const std::uint32_t id = pending_.back();
        pending_.pop_back();
        Signal& signal = signals_[id];
        if (!signal.is_row()) continue;
        if (signal.uses.empty() && signal.outputs == 0) {
            while (!signals_[id].terms.empty())
                take(id, signals_[id].terms.size() - 1);
            kill(id);
        } else if (signal.terms.size() == 1) {
            replace_uses(id, signal.terms.front());
        } else if (signal.uses.size() == 1 && signal.outputs == 0) {
            const Use use = unpack(signal.uses.front());
            const std::vector<RowTerm> terms = signal.terms;
            take_term(use.row, {id, static_cast<std::int16_t>(use.shift), use.negate});
            for (const RowTerm& term : terms)
                put(use.row, moved(term, use.shift, use.negate));
            pending_.push_back(id); // now unused
        }
    }
}

void System::replace_uses(std::uint32_t id, RowTerm by) {
    const std::vector<std::uint64_t> uses = signals_[id].uses;
    for (const std::uint64_t packed : uses) {
        const Use use = unpack(packed);
        if (!take_term(use.row, {id, static_cast<std::int16_t>(use.shift), use.negate})) continue;
        put(use.row, moved(by, use.shift, use.negate));
    }
    for (SystemOutput& output : outputs_) {
        if (output.zero || output.term.signal != id) continue;
        output.term = moved(by, output.term.shift, output.term.negate);
        --signals_[id].outputs;
        ++signals_[by.signal].outputs;
    }
    pending_.push_back(id);
}

void System::kill(std::uint32_t id) {
    signals_[id].alive = false;
    const auto at = by_form_.find(hash_of(signals_[id].form));
    if (at != by_form_.end() && at->second == id) by_form_.erase(at);
}

} // namespace bitgrain::cmvm
