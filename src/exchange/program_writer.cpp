#include "exchange/program_writer.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <string>

namespace bitgrain::exchange {

namespace {

Json interval_json(const fx::Interval& range) {
    if (range.is_zero()) return Json::array({0.0, 0.0, 1.0});
    return Json::array({fx::to_double(range.lo, range.fraction), fx::to_double(range.hi, range.fraction),
                        fx::to_double(1, range.fraction)});
}

/// The table's digest is only a name: equal tables, equal names.
std::string name_of(const std::vector<std::int64_t>& codes) {
    std::uint64_t hash = 1469598103934665603ULL; // FNV-1a
    for (const std::int64_t code : codes)
        hash = (hash ^ static_cast<std::uint64_t>(code)) * 1099511628211ULL;
    return "bitgrain-" + std::to_string(hash);
}

} // namespace

Value ProgramWriter::append(Json addresses, int opcode, Json data, const fx::Interval& range) {
    operations_.push_back(Json::array({std::move(addresses), opcode, std::move(data), interval_json(range), 0.0, 0.0}));
    return {operations_.size() - 1, range};
}

Value ProgramWriter::input(std::size_t index, const fx::Format& format) {
    return append(Json::array(), -1, {index}, fx::range_of(format));
}

Value ProgramWriter::constant(std::int64_t code, int fraction) {
    return append(Json::array(), 5, {code}, {code, code, fraction});
}

Value ProgramWriter::moved(const Value& x, int shift, bool negate) {
    Value y = x;
    if (negate) y = append({y.id}, -2, Json::array(), fx::negate(y.range));
    if (shift != 0) y = append({y.id}, 3, {shift}, fx::scale(y.range, shift));
    return y;
}

Value ProgramWriter::sum(const std::vector<Term>& terms, const fx::Interval& range) {
    if (terms.size() == 2 && terms[0].shift == 0 && !terms[0].negate) {
        return append({terms[0].value.id, terms[1].value.id}, terms[1].negate ? 1 : 0, {terms[1].shift}, range);
    }
    Json addresses = Json::array(), data = Json::array();
    for (const Term& term : terms) {
        addresses.push_back(term.value.id);
        data.push_back(term.negate ? 0 : 1);
        data.push_back(term.shift);
    }
    return append(std::move(addresses), 11, std::move(data), range);
}

Value ProgramWriter::cut(const Value& x, const fx::Interval& range) {
    if (range.contains(x.range) && x.range.fraction <= range.fraction) return x; // a cut cannot refine the grid
    CHECK(range.fraction <= x.range.fraction, "what leaves the range is on a grid as fine");
    return append({x.id}, 3, {0}, range);
}

Value ProgramWriter::select(const Value& condition, const Value& a, const Value& b, const fx::Interval& range) {
    CHECK(condition.range.lo < 0, "the condition has a sign");
    return append({a.id, b.id, condition.id}, 6, {0}, range);
}

Value ProgramWriter::product(const Value& a, const Value& b, const fx::Interval& range) {
    return append({a.id, b.id}, 7, Json::array(), range);
}

Value ProgramWriter::table(const Value& key, const ir::Table& table) {
    CHECK(table.key.contains(key.range), "the key is inside the table's");
    std::vector<std::int64_t> codes; // only what the key can be, on its own grid
    for (std::int64_t code = key.range.lo; code <= key.range.hi; ++code) {
        const std::int64_t address = fx::to_fraction(code, key.range.fraction, table.key.fraction) - table.key.lo;
        codes.push_back(table.codes[static_cast<std::size_t>(address)]);
    }
    const auto [least, most] = std::minmax_element(codes.begin(), codes.end());
    const fx::Interval range{*least, *most, table.fraction};
    Json entry;
    entry["spec"] = {{"hash", name_of(codes)},
                     {"out_qint",
                      {{"min", fx::to_double(range.lo, range.fraction)},
                       {"max", fx::to_double(range.hi, range.fraction)},
                       {"step", fx::to_double(1, range.fraction)}}},
                     {"inp_width", key.range.width()}};
    entry["table"] = codes;
    tables_.push_back(std::move(entry));
    return append({key.id}, 8, {tables_.size() - 1}, range);
}

Value ProgramWriter::clamp(const Value& x, const fx::Interval& limits, const fx::Interval& result) {
    // Limits may lie between the steps of a coarse value: the chosen one is on the finer grid.
    const auto widened = [&](const fx::Interval& range) {
        return fx::to_fraction(range, std::max(range.fraction, limits.fraction));
    };
    Value y = x;
    if (const fx::Interval all = widened(y.range); all.hi > widened(limits).hi) {
        const Value most = constant(limits.hi, limits.fraction);
        const Value over = sum({{most}, {y, 0, true}}, fx::add(most.range, fx::negate(y.range)));
        const std::int64_t top = widened(limits).hi;
        y = select(over, most, y, {std::min(all.lo, top), top, all.fraction});
    }
    if (const fx::Interval all = widened(y.range); all.lo < widened(limits).lo) {
        const Value least = constant(limits.lo, limits.fraction);
        const Value under = sum({{y}, {least, 0, true}}, fx::add(y.range, fx::negate(least.range)));
        const std::int64_t bottom = widened(limits).lo;
        y = select(under, least, y, {bottom, std::max(all.hi, bottom), all.fraction});
    }
    return cut(y, result);
}

Value ProgramWriter::cast(const Value& x, const fx::Cast& cast, const fx::Interval& result) {
    const int fraction = cast.format.fraction;
    const bool drops = x.range.fraction > fraction;
    if (cast.round == fx::Round::rnd_conv && drops) {
        throw Error("rounding half to even has no ALIR operation");
    }
    Value y = x;
    if (cast.round == fx::Round::rnd && drops) {
        const Value half = constant(1, fraction + 1);
        y = sum({{y}, {half}}, fx::add(y.range, half.range));
    }
    if (cast.overflow == fx::Overflow::wrap) return cut(y, result);
    // Truncated without overflow, then clamped.
    const fx::Interval wide =
        fx::cast(y.range, {{true, fx::max_code_bits - 1 - fraction, fraction}, fx::Round::trn, fx::Overflow::sat});
    y = cut(y, wide);
    return clamp(y, fx::range_of(cast), result);
}

} // namespace bitgrain::exchange
