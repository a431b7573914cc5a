// Other signed-digit forms of the same value: 1 + 2 = 4 - 1.
#include "cmvm/system.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

bool System::flip(std::uint32_t row, std::size_t position_a, std::size_t position_b) {
    const std::vector<RowTerm>& terms = signals_[row].terms;
    if (signals_[row].alone) return false;
    RowTerm low = terms[position_a], high = terms[position_b];
    if (low.signal != high.signal) return false;
    if (high.shift < low.shift) std::swap(low, high);
    const int distance = high.shift - low.shift;
    RowTerm new_low = low, new_high = high;
    new_low.negate = !low.negate;
    if (distance == 1 && low.negate == high.negate) { // 1 + 2 = 4 - 1
        new_high.shift = static_cast<std::int16_t>(high.shift + 1);
    } else if (distance == 2 && low.negate != high.negate) { // 4 - 1 = 1 + 2
        new_high.shift = static_cast<std::int16_t>(high.shift - 1);
    } else {
        return false;
    }
    for (const RowTerm& term : terms) {
        if (term.signal == low.signal && term.shift == new_high.shift) return false;
    }
    take_term(row, low);
    take_term(row, high);
    put(row, new_low);
    put(row, new_high);
    settle();
    return true;
}

bool System::has(std::uint32_t row, const RowTerm& term) const {
    const std::vector<std::uint64_t>& uses = signals_[term.signal].uses;
    return std::binary_search(uses.begin(), uses.end(), pack_use(row, term.shift, term.negate));
}

bool System::flip_towards(std::uint32_t row, const RowTerm& wanted) {
    if (signals_[row].alone) return false;
    const auto term = [&](int distance, bool opposite) { return moved(wanted, distance, opposite); };
    struct Form {
        RowTerm from[2], to[2];
    };
    const Form forms[] = {
        {{term(0, true), term(1, true)}, {term(0, false), term(2, true)}},
        {{term(-2, false), term(-1, false)}, {term(-2, true), term(0, false)}},
        {{term(0, true), term(2, false)}, {term(0, false), term(1, false)}},
        {{term(-1, true), term(1, false)}, {term(-1, false), term(0, false)}},
    };
    for (const Form& form : forms) {
        if (!has(row, form.from[0]) || !has(row, form.from[1])) continue;
        bool taken = false;
        for (const RowTerm& to : form.to) {
            for (const bool opposite : {false, true}) {
                const RowTerm other = moved(to, 0, opposite);
                if (other == form.from[0] || other == form.from[1]) continue;
                taken = taken || has(row, other);
            }
        }
        if (taken) continue;
        for (const RowTerm& from : form.from)
            take_term(row, from);
        for (const RowTerm& to : form.to)
            put(row, to);
        return true;
    }
    return false;
}

bool System::attract(Pattern pattern) {
    bool changed = false;
    const std::uint32_t ids[2] = {pattern.first(), pattern.second()};
    if (ids[0] == ids[1]) return false;
    for (int side = 0; side < 2; ++side) {
        const int distance = side == 0 ? pattern.shift() : -pattern.shift();
        const std::vector<std::uint64_t>& partners = signals_[ids[1 - side]].uses; // flips change these uses only
        std::size_t near = 0;
        for (const std::uint64_t packed : signals_[ids[side]].uses) {
            const Use use = unpack_use(packed);
            const RowTerm wanted{ids[1 - side], static_cast<std::int16_t>(use.shift + distance),
                                 use.negate != pattern.negate()};
            // A flip needs digits within two places; most rows have none, and both lists rise.
            const std::uint64_t lowest = pack_use(use.row, wanted.shift - 2, false);
            while (near < partners.size() && partners[near] < lowest)
                ++near;
            if (near == partners.size()) break;
            if (partners[near] > pack_use(use.row, wanted.shift + 2, true) || has(use.row, wanted)) continue;
            if (!flip_towards(use.row, wanted)) continue;
            changed = true;
            near =
                static_cast<std::size_t>(std::lower_bound(partners.begin(), partners.end(), lowest) - partners.begin());
        }
    }
    return changed;
}

} // namespace bitgrain::cmvm
