#include "model/intervals.hpp"

#include "base/error.hpp"
#include "model/inference.hpp"
#include "model/names.hpp"
#include "model/run.hpp"

#include <algorithm>
#include <cstdlib>

namespace bitgrain::model {

namespace {

std::int64_t magnitude(const fx::Interval& a) {
    return std::max(std::abs(a.lo), std::abs(a.hi));
}

bool fits(const fx::Interval& a, int fraction) {
    return a.is_zero() || fx::magnitude_bits(magnitude(a)) + (fraction - a.fraction) <= fx::max_exact_bits;
}

} // namespace

TableCodes codes_of(const Table::Content& table) {
    TableCodes result;
    std::vector<fx::Dyadic> entries;
    entries.reserve(table.values.size());
    bool first = true;
    for (const double value : table.values) {
        entries.push_back(fx::to_dyadic(value));
        if (value == 0.0) continue;
        result.fraction = first ? entries.back().fraction : std::max(result.fraction, entries.back().fraction);
        first = false;
    }
    result.codes.reserve(entries.size());
    for (const fx::Dyadic& entry : entries) {
        if (!fits({entry.code, entry.code, entry.fraction}, result.fraction)) {
            throw Error("the entries of a table do not fit one grid of 53 bits");
        }
        result.codes.push_back(fx::to_fraction(entry.code, entry.fraction, result.fraction));
    }
    return result;
}

void Intervals::fail(const std::string& message, const std::string& hint) const {
    throw Error(message, place(*model_, step_, where_) + ", element " + std::to_string(element_), hint);
}

void Intervals::too_wide() const {
    fail("a number here can need more than " + std::to_string(fx::max_exact_bits) + " bits",
         "cast the values before this step to narrower formats");
}

Intervals::Value Intervals::checked(const Value& a) const {
    if (a.is_zero()) return zero();
    if (!fits(a, a.fraction)) too_wide();
    if (std::abs(a.fraction) > max_exponent) fail("the grid 2^" + std::to_string(-a.fraction) + " is out of range", "");
    return a;
}

Intervals::Value Intervals::on_grid(const Value& a, int fraction) const {
    if (!fits(a, fraction)) too_wide();
    return fx::to_fraction(a, fraction);
}

Intervals::Value Intervals::add(const Value& a, const Value& b) const {
    if (a.is_zero()) return b;
    if (b.is_zero()) return a;
    const int fraction = std::max(a.fraction, b.fraction);
    return checked(fx::add(on_grid(a, fraction), on_grid(b, fraction)));
}

Intervals::Value Intervals::mul(const Value& a, const Value& b) const {
    if (a.is_zero() || b.is_zero()) return zero();
    if (fx::magnitude_bits(magnitude(a)) + fx::magnitude_bits(magnitude(b)) > fx::max_code_bits) too_wide();
    return checked(fx::multiply(a, b));
}

Intervals::Value Intervals::maximum(const Value& a, const Value& b) const {
    if (a.is_zero()) return relu(b);
    if (b.is_zero()) return relu(a);
    const int fraction = std::max(a.fraction, b.fraction);
    return checked(fx::maximum(on_grid(a, fraction), on_grid(b, fraction)));
}

Intervals::Value Intervals::cast(const Value& a, const fx::Cast& cast) const {
    return checked(fx::cast(a, cast));
}

Intervals::Value Intervals::table(const Value& a, const Table::Content& table) const {
    const fx::Interval key = fx::range_of(table.key);
    if (!a.is_zero() && (a.fraction > key.fraction || !fits(a, key.fraction) || !key.contains(a))) {
        fail("the value can leave the table's key format " + fx::name(table.key), "cast it to that format first");
    }
    const fx::Interval reach = a.is_zero() ? fx::Interval{} : fx::to_fraction(a, key.fraction);
    const TableCodes codes = codes_of(table);
    const auto first = codes.codes.begin() + (reach.lo - key.lo);
    const auto [lo, hi] = std::minmax_element(first, first + (reach.hi - reach.lo) + 1);
    return checked({*lo, *hi, codes.fraction});
}

std::vector<Intervals::Value> Intervals::affine(const Affine& affine, std::span<const Value> x) {
    std::vector<Value> y(affine.columns);
    std::vector<Value> terms;
    for (std::size_t j = 0; j < affine.columns; ++j) {
        element_ = j;
        terms.clear();
        for (std::size_t i = 0; i < affine.rows; ++i) {
            const double weight = affine.weights[i * affine.columns + j];
            if (weight != 0.0 && !x[i].is_zero()) terms.push_back(mul(fx::constant(weight), x[i]));
        }
        if (affine.bias[j] != 0.0) terms.push_back(fx::constant(affine.bias[j]));
        if (terms.empty()) continue;
        int fraction = terms[0].fraction;
        for (const Value& term : terms)
            fraction = std::max(fraction, term.fraction);
        Value sum{0, 0, fraction};
        std::int64_t reach = 0; // of any partial sum, in whatever order the terms are added
        for (const Value& term : terms) {
            const Value aligned = on_grid(term, fraction);
            sum.lo += aligned.lo;
            sum.hi += aligned.hi;
            reach += magnitude(aligned);
            if (fx::magnitude_bits(reach) > fx::max_exact_bits) too_wide();
        }
        y[j] = checked(sum);
    }
    return y;
}

std::vector<std::vector<fx::Interval>> input_ranges(const Model& model) {
    std::vector<std::vector<fx::Interval>> ranges;
    for (const Input& input : model.inputs) {
        std::vector<fx::Interval>& range = ranges.emplace_back();
        for (const fx::Format& format : input.formats) {
            range.push_back(format.is_zero() ? fx::Interval{} : fx::range_of(format));
        }
    }
    return ranges;
}

std::vector<std::vector<fx::Interval>> intervals(const Model& model) {
    Intervals domain(model, {});
    return run_all(model, domain, input_ranges(model));
}

} // namespace bitgrain::model
