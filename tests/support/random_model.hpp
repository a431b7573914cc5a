// Random, always valid models of every op, and vectors for them, for the seam tests. The same seed gives the same
// model. Formats have widths 0 to max_width, negative integer and fraction bits, every rounding and overflow; matrices
// are sparse, with dead rows, dead columns and now and then no live weight at all.
#pragma once

#include "base/error.hpp"
#include "base/random.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "model/model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::test {

struct RandomModelOptions {
    int max_steps = 10;
    int max_elements = 7;  ///< of a value
    int max_width = 12;    ///< of a format
    int max_key_width = 6; ///< of a table
    double density = 0.6;  ///< of a matrix
};

class RandomModel {
  public:
    RandomModel(std::uint64_t seed, const RandomModelOptions& options) : random_(seed), options_(options) {
        model_.name = "random_" + std::to_string(seed);
    }

    model::Model make() {
        for (std::int64_t i = 0, n = random_.integer(1, 2); i < n; ++i)
            add_input();
        const std::int64_t steps = random_.integer(1, options_.max_steps);
        // A step that would leave 53 bits is taken back; casts always fit, so this ends.
        while (static_cast<std::int64_t>(model_.steps.size()) < steps) {
            const std::size_t before = model_.steps.size();
            add_steps();
            if (!is_valid()) model_.steps.resize(before);
        }
        model_.outputs.clear();
        add_output(value_count() - 1);
        while (random_.chance(0.3))
            add_output(pick());
        model::validate(model_);
        return std::move(model_);
    }

  private:
    std::size_t value_count() const { return model_.inputs.size() + model_.steps.size(); }
    std::size_t size(std::size_t value) const { return model::value_size(model_, value); }
    int between(int lo, int hi) { return static_cast<int>(random_.integer(lo, hi)); }
    std::size_t count(std::size_t most) {
        return static_cast<std::size_t>(random_.integer(1, static_cast<std::int64_t>(most)));
    }
    /// Later values more often, so that graphs get deep; dead ones seldom, so that they do not die.
    std::size_t pick() {
        const auto last = static_cast<std::int64_t>(value_count()) - 1;
        auto value = static_cast<std::size_t>(last);
        for (int trial = 0; trial < 3; ++trial) {
            value = static_cast<std::size_t>(random_.chance(0.6) ? last : random_.integer(0, last));
            const auto ranges = ranges_of(value);
            if (std::any_of(ranges.begin(), ranges.end(), [](const auto& r) { return !r.is_constant(); })) break;
        }
        return value;
    }
    fx::Format format(int lowest_fraction, int highest_fraction, int max_width) {
        const bool sign = random_.chance(0.6);
        const int fraction = between(lowest_fraction, highest_fraction);
        const int width = random_.chance(0.08) ? 0 : between(1, max_width);
        return {sign, width - fraction - (sign ? 1 : 0), fraction};
    }
    fx::Cast cast(const fx::Interval& range) {
        // Around the operand's grid: casts that add bits, keep all, drop some and, rarely, drop all.
        const int bits = range.width(), spare = random_.chance(0.1) ? 4 : -1;
        const int drop = between(-2, std::max(0, std::min(bits + spare, 8)));
        const fx::Format target = format(range.fraction - drop, range.fraction - drop, options_.max_width);
        return {target, static_cast<fx::Round>(between(0, 2)), static_cast<fx::Overflow>(between(0, 2))};
    }
    double constant() {
        const std::int64_t code = random_.chance(0.3) ? 1 : random_.integer(1, random_.chance(0.2) ? 255 : 15);
        return std::ldexp(static_cast<double>(random_.chance(0.5) ? code : -code), between(-6, 3));
    }

    void add_input() {
        model::Input input{"x" + std::to_string(model_.inputs.size()), {}, {}};
        const std::size_t n = count(static_cast<std::size_t>(options_.max_elements));
        const bool uniform = random_.chance(0.3);
        for (std::size_t i = 0; i < n; ++i) {
            input.formats.push_back(uniform && i > 0 ? input.formats[0] : format(-5, 9, options_.max_width));
        }
        input.shape = n % 2 == 0 ? std::vector<std::size_t>{2, n / 2} : std::vector<std::size_t>{n};
        model_.inputs.push_back(std::move(input));
    }

    void add(model::Op op, std::vector<std::size_t> operands) {
        const std::string name = "layer_" + std::to_string(model_.steps.size() / 3);
        model_.steps.push_back({name, std::move(operands), std::move(op)});
    }
    void add_steps() {
        const std::size_t x = pick();
        switch (between(0, 11)) {
        case 0:
        case 1:
        case 2:
            add_affine(x, size(x));
            break;
        case 3:
        case 4:
        case 5:
            add_cast(x);
            break;
        case 6:
            add(model::Relu{}, {x});
            break;
        case 7:
            add_table(x);
            break;
        case 8:
            add_gather(x, pick());
            break;
        case 9:
            add_elementwise(x);
            break;
        case 10:
            add_reduce(x);
            break;
        default:
            add_dense(x);
            break;
        }
    }
    void add_affine(std::size_t x, std::size_t rows) {
        model::Affine op;
        op.rows = rows;
        op.columns = count(static_cast<std::size_t>(options_.max_elements));
        const double density = random_.chance(0.06) ? 0.0 : options_.density;
        for (std::size_t i = 0; i < op.rows * op.columns; ++i) {
            op.weights.push_back(random_.chance(density) ? constant() : 0.0);
        }
        const bool biased = random_.chance(0.8);
        for (std::size_t j = 0; j < op.columns; ++j) {
            op.bias.push_back(biased && random_.chance(0.8) ? constant() : 0.0);
        }
        add(std::move(op), {x});
    }
    void add_cast(std::size_t x) {
        const std::vector<fx::Interval> ranges = ranges_of(x);
        model::Cast op;
        const bool uniform = random_.chance(0.4);
        for (std::size_t i = 0; i < ranges.size(); ++i) {
            op.casts.push_back(uniform && i > 0 ? op.casts[0] : cast(ranges[i]));
        }
        add(std::move(op), {x});
    }
    /// What a trained layer freezes to: affine, maybe relu, cast that rounds.
    void add_dense(std::size_t x) {
        add_affine(x, size(x));
        if (!is_valid()) return;
        if (random_.chance(0.6)) add(model::Relu{}, {value_count() - 1});
        add_cast(value_count() - 1);
        for (fx::Cast& cast : std::get<model::Cast>(model_.steps.back().op).casts) {
            if (random_.chance(0.8)) cast.round = fx::Round::rnd;
        }
    }
    void add_table(std::size_t x) {
        model::Table table;
        for (std::size_t t = 0, n = count(3); t < n; ++t) {
            model::Table::Content& content = table.tables.emplace_back();
            content.key = format(-3, 6, options_.max_key_width);
            const std::int64_t codes = content.key.max_code() - content.key.min_code() + 1;
            for (std::int64_t i = 0; i < codes; ++i)
                content.values.push_back(random_.chance(0.2) ? 0.0 : constant());
        }
        model::Cast keys;
        for (std::size_t i = 0; i < size(x); ++i) {
            table.index.push_back(count(table.tables.size()) - 1);
            keys.casts.push_back({table.tables[table.index[i]].key, static_cast<fx::Round>(between(0, 2)),
                                  static_cast<fx::Overflow>(between(0, 2))});
        }
        add(std::move(keys), {x});
        const std::size_t key = value_count() - 1;
        add(std::move(table), {key});
    }
    void add_gather(std::size_t a, std::size_t b) {
        std::vector<std::size_t> operands{a};
        if (b != a) operands.push_back(b);
        std::int64_t all = 0;
        for (const std::size_t operand : operands)
            all += static_cast<std::int64_t>(size(operand));
        model::Gather op;
        for (std::size_t i = 0, n = count(static_cast<std::size_t>(options_.max_elements)); i < n; ++i) {
            op.index.push_back(random_.integer(-1, all - 1));
        }
        add(std::move(op), std::move(operands));
    }
    void add_elementwise(std::size_t x) {
        std::vector<std::size_t> equal;
        for (std::size_t v = 0; v < value_count(); ++v) {
            if (size(v) == size(x)) equal.push_back(v);
        }
        const std::size_t other = equal[count(equal.size()) - 1], third = equal[count(equal.size()) - 1];
        if (random_.chance(0.4)) {
            add(model::Mul{}, {x, other});
        } else if (random_.chance(0.6)) {
            add(model::Add{}, {x, other});
        } else {
            add(model::Add{}, {x, other, third});
        }
    }
    void add_reduce(std::size_t x) {
        std::vector<std::size_t> divisors;
        for (std::size_t d = 1; d <= size(x); ++d) {
            if (size(x) % d == 0) divisors.push_back(d);
        }
        const auto kind = random_.chance(0.5) ? model::Reduce::Kind::sum : model::Reduce::Kind::max;
        add(model::Reduce{kind, divisors[count(divisors.size()) - 1]}, {x});
    }

    void add_output(std::size_t value) {
        model_.outputs.push_back({"y" + std::to_string(model_.outputs.size()), {size(value)}, value});
    }
    bool is_valid() {
        model_.outputs.clear();
        add_output(value_count() - 1);
        try {
            model::validate(model_);
        } catch (const Error&) {
            return false;
        }
        return true;
    }
    std::vector<fx::Interval> ranges_of(std::size_t value) { return model::intervals(model_)[value]; }

    Random random_;
    RandomModelOptions options_;
    model::Model model_;
};

inline model::Model random_model(std::uint64_t seed, const RandomModelOptions& options = {}) {
    return RandomModel(seed, options).make();
}

/// rows x inputs codes: the first rows are all smallest, all largest and all zero codes; the others mix random codes
/// with extremes.
inline std::vector<std::int64_t> random_inputs(const model::Model& model, std::size_t rows, std::uint64_t seed) {
    Random random(seed);
    const std::vector<fx::Format> formats = model::input_formats(model);
    std::vector<std::int64_t> codes;
    codes.reserve(rows * formats.size());
    for (std::size_t row = 0; row < rows; ++row) {
        for (const fx::Format& format : formats) {
            const std::int64_t lo = format.min_code(), hi = format.max_code();
            std::int64_t code = random.integer(lo, hi);
            if (row == 0 || (row > 2 && random.chance(0.15))) code = lo;
            if (row == 1 || (row > 2 && random.chance(0.15))) code = hi;
            if (row == 2) code = 0;
            codes.push_back(code);
        }
    }
    return codes;
}

} // namespace bitgrain::test
