// The changing half of System: terms with their counts, sharing and writing out.
#include "base/error.hpp"
#include "cmvm/system.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

/// Adders that a shared signal costs for its own: with three operands a term less in a sum is half an adder less there.
constexpr double made_of_two = 1.0, made_of_three = 1.4;

} // namespace

// ---- terms ---------------------------------------------------------------------------------------------------------

float System::plain_score(const PatternValue& value, std::size_t count) const {
    if (value.worth == 0 || count < 2) return 0.0f;
    const double made = rule_.operands() == 3 ? made_of_three : made_of_two;
    return std::max(0.0f, static_cast<float>(static_cast<double>(count) * value.worth - made * 4 * value.bits));
}

float System::score(std::uint64_t key, const PatternValue& value, std::size_t count) const {
    const float saved = plain_score(value, count);
    if (noise_ == 0.0 || saved == 0.0f) return saved;
    std::uint64_t h = (key ^ seed_) * 0x9e3779b97f4a7c15ULL;
    h = (h ^ (h >> 32)) * 0xbf58476d1ce4e5b9ULL;
    return static_cast<float>(saved * (1.0 + noise_ * static_cast<double>(h >> 40) * power_of_two(-24)));
}

void System::offer(PatternIndex::Entry& entry, std::uint64_t key) {
    if (entry.worth == PatternIndex::unknown) {
        const PatternValue value = pattern_value(Pattern(key));
        entry.worth = static_cast<std::uint32_t>(value.worth) & 0xfff;
        entry.bits = static_cast<std::uint32_t>(value.bits) & 0xff;
    }
    const float gain = score(key, {static_cast<int>(entry.worth), static_cast<int>(entry.bits)}, entry.count);
    if (gain > 0.0f) index_.offer(entry, key, gain);
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
    insert(row, term);
}

void System::insert(std::uint32_t row, const RowTerm& term) {
    list_pairs(row, term);
    for (const std::uint64_t key : keys_)
        count_pair(key, 1);
    append(row, term);
}

void System::append(std::uint32_t row, const RowTerm& term) {
    signals_[row].terms.push_back(term);
    lowest_shift_ = std::min<int>(lowest_shift_, term.shift);
    highest_shift_ = std::max<int>(highest_shift_, term.shift);
    signals_[row].weight += rule_.weight(signals_[term.signal].depth);
    std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
    const std::uint64_t use = pack_use(row, term.shift, term.negate);
    uses.insert(std::lower_bound(uses.begin(), uses.end(), use), use);
    note({Change::Kind::put, row, term});
}

void System::take(std::uint32_t row, std::size_t position) {
    std::vector<RowTerm>& terms = signals_[row].terms;
    const RowTerm term = terms[position];
    terms[position] = terms.back();
    terms.pop_back();
    list_pairs(row, term);
    for (const std::uint64_t key : keys_)
        discount_pair(key, 1);
    signals_[row].weight -= rule_.weight(signals_[term.signal].depth);
    std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
    uses.erase(std::lower_bound(uses.begin(), uses.end(), pack_use(row, term.shift, term.negate)));
    note({Change::Kind::take, row, term});
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

bool System::share(const Group& group) {
    int lowest = 0;
    for (const RowTerm& term : group.span())
        lowest = std::min(lowest, static_cast<int>(term.shift));
    const auto form_of = [&](const RowTerm& term) -> const LinearForm& { return signals_[term.signal].form; };
    const RowTerm &a = group.terms[0], &b = group.terms[1];
    LinearForm form = combine(form_of(a), a.shift - lowest, a.negate, form_of(b), b.shift - lowest, b.negate);
    if (group.count == 3) {
        const RowTerm& c = group.terms[2];
        form = combine(form, 0, false, form_of(c), c.shift - lowest, c.negate);
    }
    const bool zero = form.empty();
    const Taken taken = normalise(form);

    const std::uint64_t hash = hash_of(form);
    const std::optional<std::uint32_t> known = zero ? std::nullopt : find_form(form, hash);
    const bool late = known && ready_depth(*known) > group.depth; // too late to replace the pair
    const bool fresh = !zero && (!known || late);
    std::uint32_t target = known && !late ? *known : 0;
    std::vector<Occurrence> valid;
    for (const Occurrence& place : group.places) {
        if (fresh || zero || may_use(target, place.row)) valid.push_back(place);
    }
    if (valid.size() < (fresh ? 2u : 1u)) return false;
    if (fresh && !barred_.empty() && std::find(barred_.begin(), barred_.end(), hash) != barred_.end()) {
        refused_.push_back(Pattern(a, b).key());
        return false;
    }
    if (fresh) {
        target = new_signal(std::move(form));
        set_depth(target, group.depth);
    } else if (!zero && signals_[target].is_row() && signals_[target].uses.empty()) {
        // An output that becomes a term must keep the depth its users count with.
        fix_depth(target);
    }
    const RowTerm by{target, static_cast<std::int16_t>(lowest + taken.shift), taken.negate};
    if (fresh && least_ > 1) {
        replace(group, valid, by);
    } else {
        for (const Occurrence& place : valid) {
            for (const RowTerm& term : group.span()) {
                const bool found = take_term(place.row, moved(term, place.shift, place.negate));
                CHECK(found, "a group is not where it was found");
            }
            if (!zero) put(place.row, moved(by, place.shift, place.negate));
        }
    }
    if (fresh) {
        for (const RowTerm& term : group.span())
            put(target, moved(term, -lowest - taken.shift, taken.negate));
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
        const Use use = unpack_use(packed);
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
            const Use use = unpack_use(signal.uses.front());
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
        const Use use = unpack_use(packed);
        if (!take_term(use.row, {id, static_cast<std::int16_t>(use.shift), use.negate})) continue;
        put(use.row, moved(by, use.shift, use.negate));
    }
    for (std::size_t j = 0; j < outputs_.size(); ++j) {
        const SystemOutput& output = outputs_[j];
        if (output.zero || output.term.signal != id) continue;
        set_output(j, moved(by, output.term.shift, output.term.negate));
    }
    pending_.push_back(id);
}

void System::set_output(std::size_t index, RowTerm term) {
    SystemOutput& output = outputs_[index];
    note({Change::Kind::output, static_cast<std::uint32_t>(index), output.term});
    --signals_[output.term.signal].outputs;
    output.term = term;
    ++signals_[term.signal].outputs;
}

void System::set_depth(std::uint32_t id, int depth) {
    Signal& signal = signals_[id];
    note({Change::Kind::depth, id, {}, signal.depth, signal.limit});
    signal.depth = depth;
    signal.limit = depth;
}

void System::fix_depth(std::uint32_t row) {
    if (signals_[row].is_row()) set_depth(row, ready_depth(row));
}

void System::kill(std::uint32_t id) {
    note({Change::Kind::kill, id, {}});
    signals_[id].alive = false;
    forget_form(id);
    if (!recording_) free_.push_back(id);
}

void System::register_form(std::uint32_t id) {
    by_form_.try_emplace(signals_[id].hash, id);
}

void System::forget_form(std::uint32_t id) {
    const auto at = by_form_.find(signals_[id].hash);
    if (at != by_form_.end() && at->second == id) by_form_.erase(at);
}

} // namespace bitgrain::cmvm
