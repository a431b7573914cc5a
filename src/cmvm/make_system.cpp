#include "cmvm/make_system.hpp"

#include "cmvm/prepare.hpp"
#include "fx/arithmetic.hpp"

#include <vector>

namespace bitgrain::cmvm {

namespace {

/// From here on the index of pairs is larger than caches.
constexpr std::size_t many_terms = 20'000;

std::vector<RowTerm> digit_terms(const LinearForm& form, const Prepared& prepared) {
    std::vector<RowTerm> terms;
    for (const Coefficient& c : form) {
        if (prepared.sources[c.source].is_constant()) { // a constant is one leaf: its factor is a power of two
            terms.push_back({c.source, static_cast<std::int16_t>(trailing_zeros(c.factor)), c.factor < 0});
            continue;
        }
        for (const fx::Digit& d : fx::signed_digits(c.factor)) {
            terms.push_back({c.source, static_cast<std::int16_t>(d.power), d.sign < 0});
        }
    }
    return terms;
}

} // namespace

System make_system(const Prepared& prepared, const Options& options, const Derivations* derivations) {
    System system(DepthRule(options.operands, prepared.deepest), options.costs);
    for (std::size_t i = 0; i < prepared.sources.size(); ++i) {
        system.add_source(range_of(prepared.sources[i]), prepared.arrival[i]);
    }
    std::size_t digits = 0, pairs = 0;
    for (const Column& column : prepared.columns) {
        const std::size_t terms = term_count(column.form, prepared);
        digits += terms;
        pairs += terms * (terms - 1) / 2;
    }
    if (digits > many_terms) {
        system.count_later();
    } else {
        system.expect_pairs(pairs);
    }
    std::vector<RowTerm> columns(prepared.columns.size()); // each one's wire or row
    const auto add_column = [&](std::size_t column, std::vector<RowTerm> terms) {
        if (terms.size() == 1) {
            columns[column] = terms.front();
            return;
        }
        const std::uint32_t row = system.add_row(prepared.columns[column].form, prepared.columns[column].limit);
        if (prepared.columns[column].alone) system.keep_alone(row);
        for (const RowTerm& term : terms)
            system.add_term(row, term);
        columns[column] = {row, 0, false};
    };
    if (derivations == nullptr) {
        for (std::size_t j = 0; j < columns.size(); ++j)
            add_column(j, digit_terms(prepared.columns[j].form, prepared));
    } else {
        for (const Derivation& derivation : derivations->order) {
            std::vector<RowTerm> terms = digit_terms(derivation.rest, prepared);
            if (derivation.parent) {
                RowTerm parent = columns[*derivation.parent];
                parent.negate = parent.negate != derivation.negate;
                system.fix_depth(parent.signal);
                terms.push_back(parent);
            }
            add_column(derivation.column, std::move(terms));
        }
    }
    for (const PreparedOutput& output : prepared.outputs) {
        if (output.zero) {
            system.add_output({}, true);
            continue;
        }
        RowTerm term = columns[output.column];
        term.shift = static_cast<std::int16_t>(term.shift + output.shift);
        term.negate = term.negate != output.negate;
        system.add_output(term, false);
    }
    return system;
}

} // namespace bitgrain::cmvm
