#include "cmvm/differences.hpp"

#include "cmvm/depth_rule.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

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

struct Distance {
    std::size_t difference = 0; ///< terms of a - b
    std::size_t sum = 0;        ///< terms of a + b
};

/// Distances of many columns to one: its factors are spread out by source, so that only those of the others are walked.
class Distances {
  public:
    explicit Distances(const Prepared& prepared)
        : prepared_(prepared), factors_(prepared.sources.size(), 0), digits_(prepared.sources.size(), 0) {}

    void set_column(const LinearForm& form) {
        if (form_ != nullptr) {
            for (const Coefficient& c : *form_)
                factors_[c.source] = digits_[c.source] = 0;
        }
        form_ = &form;
        terms_ = 0;
        for (const Coefficient& c : form) {
            factors_[c.source] = c.factor;
            digits_[c.source] = static_cast<std::int64_t>(digits(c, prepared_));
            terms_ += digits_[c.source];
        }
    }
    Distance to(const LinearForm& other) const {
        std::int64_t difference = terms_, sum = terms_;
        for (const Coefficient& c : other) {
            const std::int64_t factor = factors_[c.source], known = digits_[c.source];
            if (prepared_.sources[c.source].is_constant()) {
                difference += distance_of_constants(c.factor, factor);
                sum += distance_of_constants(c.factor, -factor);
            } else {
                difference += static_cast<std::int64_t>(digit_count(c.factor - factor)) - known;
                sum += static_cast<std::int64_t>(digit_count(c.factor + factor)) - known;
            }
        }
        return {static_cast<std::size_t>(difference), static_cast<std::size_t>(sum)};
    }

  private:
    /// Constants are single leaves with power-of-two factors: only equal ones cancel, and different ones never meet.
    static std::int64_t distance_of_constants(std::int64_t a, std::int64_t b) {
        if (b == 0) return 1;
        return a == b ? -1 : std::numeric_limits<std::int32_t>::max();
    }

    const Prepared& prepared_;
    const LinearForm* form_ = nullptr;
    std::vector<std::int64_t> factors_, digits_; ///< of the column, by source
    std::int64_t terms_ = 0;
};

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
    Distances distances(prepared);
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
        distances.set_column(form);
        for (std::size_t j = 0; j < count; ++j) {
            if (reach[j].done || reach[j].length < 3) continue;
            const Distance apart = distances.to(prepared.columns[j].form);
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
