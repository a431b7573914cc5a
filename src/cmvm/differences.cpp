#include "cmvm/differences.hpp"

#include "cmvm/depth_rule.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

std::size_t digits(const Coefficient& c, const Prepared& prepared) {
    if (prepared.sources[c.source].is_constant()) return 1;
    return static_cast<std::size_t>(fx::signed_digit_count(c.factor));
}

/// Terms of a -+ b, counting stops above `bound`.
std::size_t distance(const LinearForm& a, const LinearForm& b, bool negate, const Prepared& prepared,
                     std::size_t bound) {
    std::size_t count = 0, i = 0, j = 0;
    while ((i < a.size() || j < b.size()) && count <= bound) {
        if (j == b.size() || (i < a.size() && a[i].source < b[j].source)) {
            count += digits(a[i++], prepared);
        } else if (i == a.size() || b[j].source < a[i].source) {
            count += digits(b[j++], prepared);
        } else {
            const std::int64_t factor = a[i].factor + (negate ? b[j].factor : -b[j].factor);
            // Constants are single leaves with power-of-two factors: only equal ones cancel.
            if (factor != 0 && prepared.sources[a[i].source].is_constant()) return bound + 1;
            if (factor != 0) count += digits({a[i].source, factor}, prepared);
            ++i;
            ++j;
        }
    }
    return count;
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
    for (std::size_t j = 0; j < count; ++j) {
        reach[j].length = term_count(prepared.columns[j].form, prepared);
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
            for (const bool negate : {false, true}) {
                const std::size_t bound = reach[j].length - 2; // the parent is a term itself
                const std::size_t length = distance(prepared.columns[j].form, form, negate, prepared, bound) + 1;
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
