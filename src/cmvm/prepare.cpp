#include "cmvm/prepare.hpp"

#include "base/error.hpp"
#include "cmvm/depth_rule.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>

namespace bitgrain::cmvm {

namespace {

/// Partial sums of signed digits can exceed the final range by less than this many bits.
constexpr int spare_bits = 2;
/// Outputs without a limit beside some that have one: so many levels are as good as none.
constexpr int loose_levels = 16;

constexpr int finest_grid = 256; ///< the search computes with doubles

[[noreturn]] void too_wide(std::size_t column) {
    throw Error("output " + std::to_string(column) + " of a constant matrix product needs more than " +
                    std::to_string(fx::max_code_bits - spare_bits) + " bits",
                {}, "reduce the width of its weights or inputs");
}

void check(const Problem& p) {
    const auto expect = [](bool good, const char* what) {
        if (!good) throw Error(std::string("constant matrix product: ") + what);
    };
    expect(p.matrix.size() == p.rows * p.columns, "the matrix does not have rows x columns entries");
    expect(p.inputs.size() == p.rows, "one interval per row is needed");
    expect(p.arrival.empty() || p.arrival.size() == p.rows, "one arrival time per row is needed");
    expect(p.limits.empty() || p.limits.size() == p.columns, "one depth limit per column is needed");
    expect(p.offset.empty() || p.offset.size() == p.columns, "one offset per column is needed");
    for (const fx::Interval& in : p.inputs) {
        expect(in.lo <= in.hi, "an input interval is empty");
        expect(fx::magnitude_bits(in.lo) <= fx::max_code_bits && fx::magnitude_bits(in.hi) <= fx::max_code_bits,
               "an input needs more than 62 bits");
    }
    const auto expect_grid = [&](int fraction) {
        expect(std::abs(fraction) <= finest_grid, "the grids of weights and inputs must lie within 2^-256 and 2^256");
    };
    expect_grid(p.fraction);
    expect_grid(p.offset_fraction);
    for (const fx::Interval& in : p.inputs)
        expect_grid(in.fraction);
    for (const int arrival : p.arrival)
        expect(arrival >= 0, "arrival times start at 0");
    for (const std::int64_t w : p.matrix) {
        expect(fx::magnitude_bits(w) <= fx::max_code_bits, "a weight needs more than 62 bits");
    }
    for (const std::int64_t o : p.offset) {
        expect(fx::magnitude_bits(o) <= fx::max_code_bits, "an offset needs more than 62 bits");
    }
}

/// code * 2^-fraction added to another; nullopt-free: too wide is reported for the column.
struct Sum {
    __int128 code = 0;
    int fraction = 0;

    void add(__int128 other, int other_fraction, std::size_t column) {
        if (other == 0) return;
        while (other % 2 == 0) {
            other /= 2;
            --other_fraction;
        }
        if (code == 0) {
            code = other;
            fraction = other_fraction;
        } else {
            const int finest = std::max(fraction, other_fraction);
            grow(code, finest - fraction, column);
            grow(other, finest - other_fraction, column);
            fraction = finest;
            code += other;
        }
    }
    static void grow(__int128& value, int bits, std::size_t column) {
        constexpr __int128 bound = __int128{1} << 120;
        for (int i = 0; i < bits; ++i) {
            if (value > bound || value < -bound) too_wide(column);
            value *= 2;
        }
    }
    /// Odd positive code; its sign and exponent. The code must fit.
    std::int64_t odd(std::size_t column) const {
        __int128 value = code < 0 ? -code : code;
        constexpr __int128 bound = __int128{1} << (fx::max_code_bits - spare_bits);
        if (value >= bound) too_wide(column);
        return static_cast<std::int64_t>(value);
    }
    void reduce() {
        while (code != 0 && code % 2 == 0) {
            code /= 2;
            --fraction;
        }
    }
};

/// Bits from the lowest bit any partial sum can have to the top of the largest: must fit a code.
void check_width(const LinearForm& form, const std::vector<fx::Interval>& sources, std::size_t column) {
    int finest = 0, coarsest = 0;
    bool first = true;
    for (const Coefficient& c : form) {
        const int fraction = sources[c.source].fraction;
        finest = first ? fraction : std::max(finest, fraction);
        coarsest = first ? fraction - fx::magnitude_bits(c.factor)
                         : std::min(coarsest, fraction - fx::magnitude_bits(c.factor));
        first = false;
    }
    if (finest - coarsest > fx::max_code_bits - spare_bits) too_wide(column);
    __int128 total = 0;
    for (const Coefficient& c : form) {
        const fx::Interval& in = sources[c.source];
        const __int128 most = std::max(in.hi < 0 ? -in.hi : in.hi, in.lo < 0 ? -in.lo : in.lo);
        __int128 magnitude = most * (c.factor < 0 ? -c.factor : c.factor);
        Sum::grow(magnitude, finest - in.fraction, column);
        total += magnitude;
        if (total >= (__int128{1} << (fx::max_code_bits - spare_bits))) too_wide(column);
    }
}

int unshared_depth(const LinearForm& form, const std::vector<int>& arrival, std::size_t inputs, int operands) {
    std::vector<int> depths;
    for (const Coefficient& c : form) {
        const int digits = c.source < inputs ? fx::signed_digit_count(c.factor) : 1;
        depths.insert(depths.end(), static_cast<std::size_t>(digits), arrival[c.source]);
    }
    return least_depth(depths, operands);
}

} // namespace

Prepared prepare(const Problem& problem, int operands) {
    if (operands != 2 && operands != 3) throw Error("an adder has 2 or 3 operands, not " + std::to_string(operands));
    check(problem);
    Prepared prepared;
    prepared.sources = problem.inputs;
    prepared.arrival = problem.arrival.empty() ? std::vector<int>(problem.rows, 0) : problem.arrival;
    std::map<std::int64_t, std::uint32_t> constants;
    struct Less {
        bool operator()(const LinearForm& a, const LinearForm& b) const {
            return std::lexicographical_compare(
                a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
                    return x.source != y.source ? x.source < y.source : x.factor < y.factor;
                });
        }
    };
    std::map<LinearForm, std::size_t, Less> known;
    for (std::size_t j = 0; j < problem.columns; ++j) {
        LinearForm form;
        Sum offset;
        if (!problem.offset.empty()) offset.add(problem.offset[j], problem.offset_fraction, j);
        for (std::size_t i = 0; i < problem.rows; ++i) {
            const std::int64_t weight = problem.matrix[i * problem.columns + j];
            const fx::Interval& in = problem.inputs[i];
            if (weight == 0 || in.is_zero()) continue;
            if (in.is_constant()) {
                offset.add(static_cast<__int128>(weight) * in.lo, problem.fraction + in.fraction, j);
            } else {
                form.push_back({static_cast<std::uint32_t>(i), weight});
            }
        }
        PreparedOutput output;
        offset.reduce();
        int shift = -problem.fraction;
        if (offset.code != 0) {
            const std::int64_t value = offset.odd(j);
            const auto next = static_cast<std::uint32_t>(prepared.sources.size());
            const auto [at, fresh] = constants.try_emplace(value, next);
            if (fresh) {
                prepared.sources.push_back({value, value, 0});
                prepared.arrival.push_back(0);
            }
            // Bring weights and offset to one scale 2^shift.
            const int finest = std::max(problem.fraction, offset.fraction);
            if (form.empty()) {
                shift = -offset.fraction;
                form.push_back({at->second, offset.code < 0 ? -1 : 1});
            } else {
                shift = -finest;
                const auto scale = [&](std::int64_t factor, int by) {
                    if (fx::magnitude_bits(factor) + by > fx::max_code_bits) too_wide(j);
                    return fx::shift_left(factor, by);
                };
                for (Coefficient& c : form)
                    c.factor = scale(c.factor, finest - problem.fraction);
                form.push_back({at->second, scale(offset.code < 0 ? -1 : 1, finest - offset.fraction)});
            }
        }
        if (!form.empty()) {
            check_width(form, prepared.sources, j);
            const Taken taken = normalise(form);
            output.zero = false;
            output.shift = shift + taken.shift;
            output.negate = taken.negate;
            const auto [at, fresh] = known.try_emplace(form, prepared.columns.size());
            if (fresh) {
                prepared.columns.push_back({form, unshared_depth(form, prepared.arrival, problem.rows, operands)});
                prepared.least_binary_depth =
                    std::max(prepared.least_binary_depth, unshared_depth(form, prepared.arrival, problem.rows, 2));
            }
            output.column = at->second;
            prepared.least_depth = std::max(prepared.least_depth, prepared.columns[at->second].least_depth);
        }
        prepared.outputs.push_back(output);
    }
    return prepared;
}

void set_limits(Prepared& prepared, const Problem& problem, const Options& options) {
    const int least = prepared.least_depth;
    if (options.slack && *options.slack < 0) {
        throw Error("a depth of " + std::to_string(least + *options.slack) + " adder levels is impossible", "slack",
                    "the least possible is " + std::to_string(least) + " (slack 0)");
    }
    if (!options.slack && problem.limits.empty()) return;
    for (Column& column : prepared.columns)
        column.limit = least + options.slack.value_or(loose_levels);
    for (std::size_t j = 0; j < problem.limits.size(); ++j) {
        if (prepared.outputs[j].zero) continue;
        Column& column = prepared.columns[prepared.outputs[j].column];
        if (problem.limits[j] < column.least_depth) {
            throw Error("output " + std::to_string(j) + " cannot be ready after " + std::to_string(problem.limits[j]) +
                            " adder levels",
                        "limits", "the least possible is " + std::to_string(column.least_depth));
        }
        column.limit = std::min(column.limit, problem.limits[j]);
    }
    prepared.deepest = 0;
    for (const Column& column : prepared.columns)
        prepared.deepest = std::max(*prepared.deepest, column.limit);
}

std::vector<int> output_limits(const Prepared& prepared) {
    std::vector<int> limits;
    if (!prepared.deepest) return limits;
    for (const PreparedOutput& output : prepared.outputs)
        limits.push_back(output.zero ? *prepared.deepest : prepared.columns[output.column].limit);
    return limits;
}

bool can_meet_limits(const Problem& problem, int operands) {
    const Prepared prepared = prepare(problem, operands);
    for (std::size_t j = 0; j < problem.limits.size(); ++j) {
        const PreparedOutput& output = prepared.outputs[j];
        if (!output.zero && prepared.columns[output.column].least_depth > problem.limits[j]) return false;
    }
    return true;
}

} // namespace bitgrain::cmvm
