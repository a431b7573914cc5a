#include "cmvm/differences.hpp"

#include "cmvm/depth_rule.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::cmvm {

namespace {

/// Of the factors that nearly all sums and differences of weights are.
constexpr std::size_t small_factors = 1024;
const std::array<std::uint8_t, small_factors> small_counts = [] {
    std::array<std::uint8_t, small_factors> counts{};
    for (std::size_t factor = 0; factor < small_factors; ++factor)
        counts[factor] = static_cast<std::uint8_t>(fx::signed_digit_count(static_cast<std::int64_t>(factor)));
    return counts;
}();

std::size_t digit_count(std::int64_t factor) {
    const auto magnitude = static_cast<std::uint64_t>(factor < 0 ? -factor : factor);
    if (magnitude < small_factors) return small_counts[magnitude];
    return static_cast<std::size_t>(fx::signed_digit_count(factor));
}

std::size_t digits(const Coefficient& c, const Prepared& prepared) {
    return prepared.sources[c.source].is_constant() ? 1 : digit_count(c.factor);
}

/// A column with the digits of each factor.
struct Counted {
    const LinearForm* form;
    std::vector<std::size_t> digits;
};

struct Distance {
    std::size_t difference = 0; ///< terms of a - b
    std::size_t sum = 0;        ///< terms of a + b
};

/// Counting stops when both are above `bound`.
Distance distance(const Counted& a, const Counted& b, const Prepared& prepared, std::size_t bound) {
    const LinearForm &f = *a.form, &g = *b.form;
    std::size_t only_one = 0, i = 0, j = 0;
    Distance both;
    while (i < f.size() && j < g.size() && only_one + std::min(both.difference, both.sum) <= bound) {
        if (f[i].source < g[j].source) {
            only_one += a.digits[i++];
        } else if (g[j].source < f[i].source) {
            only_one += b.digits[j++];
        } else {
            // Constants are single leaves with power-of-two factors: only equal ones cancel.
            const bool constant = prepared.sources[f[i].source].is_constant();
            const auto add = [&](std::size_t& count, std::int64_t factor) {
                if (factor != 0) count += constant ? bound + 1 : digit_count(factor);
            };
            add(both.difference, f[i].factor - g[j].factor);
            add(both.sum, f[i].factor + g[j].factor);
            ++i;
            ++j;
        }
    }
    for (; i < f.size() && only_one <= bound; ++i)
        only_one += a.digits[i];
    for (; j < g.size() && only_one <= bound; ++j)
        only_one += b.digits[j];
    return {both.difference + only_one, both.sum + only_one};
}

int depth_of(const LinearForm& form, const Prepared& prepared, std::optional<int> parent, int operands) {
    std::vector<int> depths;
    for (const Coefficient& c : form) {
        depths.insert(depths.end(), digits(c, prepared), prepared.arrival[c.source]);
    }
    if (parent) depths.push_back(*parent);
    return least_depth(depths, operands);
}

} // namespace

std::size_t term_count(const LinearForm& form, const Prepared& prepared) {
    std::size_t count = 0;
    for (const Coefficient& c : form)
        count += digits(c, prepared);
    return count;
}

Derivations derive_columns(const Prepared& prepared, int operands) {
    const std::size_t count = prepared.columns.size();
    struct Reach {
        std::size_t length = 0;
        std::optional<std::size_t> parent;
        bool negate = false;
        bool done = false;
        int depth = 0;
    };
    Derivations result;
    std::vector<Reach> reach(count);
    std::vector<Counted> columns(count);
    for (std::size_t j = 0; j < count; ++j) {
        columns[j].form = &prepared.columns[j].form;
        for (const Coefficient& c : prepared.columns[j].form) {
            columns[j].digits.push_back(digits(c, prepared));
            reach[j].length += columns[j].digits.back();
        }
        result.plain_terms += reach[j].length;
    }
    for (std::size_t step = 0; step < count; ++step) { // Prim, from the empty column
        std::size_t next = count;
        for (std::size_t j = 0; j < count; ++j) {
            if (!reach[j].done && (next == count || reach[j].length < reach[next].length)) next = j;
        }
        Reach& reached = reach[next];
        const LinearForm& form = prepared.columns[next].form;
        Derivation derivation{next, reached.parent, reached.negate, form};
        std::optional<int> parent_depth;
        if (reached.parent) {
            derivation.rest = combine(form, 0, false, prepared.columns[*reached.parent].form, 0, !reached.negate);
            parent_depth = reach[*reached.parent].depth;
        }
        reached.done = true;
        reached.depth = depth_of(derivation.rest, prepared, parent_depth, operands);
        result.terms += reached.length;
        result.order.push_back(std::move(derivation));
        if (form.size() == 1 && term_count(form, prepared) == 1) continue; // a wire: no use as a parent
        for (std::size_t j = 0; j < count; ++j) {
            if (reach[j].done || reach[j].length < 3) continue;
            const Distance apart = distance(columns[j], columns[next], prepared, reach[j].length - 2);
            for (const bool negate : {false, true}) {
                const std::size_t bound = reach[j].length - 2; // the parent is a term itself
                const std::size_t length = (negate ? apart.sum : apart.difference) + 1;
                if (length > bound) continue;
                if (prepared.columns[j].alone) continue;
                if (prepared.deepest) {
                    const LinearForm rest = combine(prepared.columns[j].form, 0, false, form, 0, !negate);
                    if (depth_of(rest, prepared, reached.depth, operands) > prepared.columns[j].limit) continue;
                }
                reach[j].length = length;
                reach[j].parent = next;
                reach[j].negate = negate;
            }
        }
    }
    return result;
}

} // namespace bitgrain::cmvm
