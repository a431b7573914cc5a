#include "cmvm/system.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <cstdlib>

namespace bitgrain::cmvm {

// ---- building ------------------------------------------------------------------------------------------------------

std::uint32_t System::new_signal(LinearForm form) {
    std::uint32_t id = 0;
    if (free_.empty()) {
        id = static_cast<std::uint32_t>(signals_.size());
        CHECK(id < Pattern::max_signals, "too many signals");
        signals_.emplace_back();
        tops_.push_back(0);
    } else {
        id = free_.back();
        free_.pop_back();
    }
    Signal& signal = signals_[id];
    signal.range = range_of(form, sources_);
    tops_[id] = top(signal.range);
    signal.form = std::move(form);
    signal.hash = hash_of(signal.form);
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
        const SignedRange a{first, false}, b{second, pattern.negate()};
        const SignedRange* operands[] = {&a, &b};
        const Joined made = join(a, b);
        bits = made.bits;
        if (costs_.through_bit && bits > 0) {
            const int priced = adder_cost(made, operands, costs_) / costs_.adder_bit;
            return PatternValue{worth(first, second, bits), std::max(1, priced)};
        }
    }
    return bits > 0 ? PatternValue{worth(first, second, bits), bits} : PatternValue{};
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

std::optional<std::uint32_t> System::find_form(const LinearForm& form, std::uint64_t hash) const {
    const auto at = by_form_.find(hash);
    if (at == by_form_.end() || !signals_[at->second].alive || signals_[at->second].form != form) return std::nullopt;
    return at->second;
}

} // namespace bitgrain::cmvm
