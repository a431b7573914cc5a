#include "model/inference.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "model/numbers.hpp"
#include "model/run.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::model {

namespace {

using Blocks = std::vector<std::vector<Block>>;

/// Runs the model block by block; `take` gets all values of a block, its first row and its number of rows.
template <class Take>
void for_each_block(const Model& model, std::span<const std::int64_t> codes, std::size_t rows, Take take) {
    const std::size_t width = input_count(model);
    CHECK(codes.size() == rows * width, "rows x inputs codes");
    Numbers numbers(model);
    for (std::size_t first = 0; first < rows; first += lanes) {
        const std::size_t count = std::min(lanes, rows - first);
        Blocks inputs;
        std::size_t port = 0;
        for (std::size_t v = 0; v < model.inputs.size(); ++v) {
            std::vector<Block>& value = inputs.emplace_back();
            for (const fx::Interval& range : numbers.ranges()[v]) {
                Block& block = value.emplace_back(Block{range, {}});
                for (std::size_t l = 0; l < count; ++l) {
                    block.codes[l] = codes[(first + l) * width + port];
                    CHECK(range.lo <= block.codes[l] && block.codes[l] <= range.hi, "input code outside its format");
                }
                ++port;
            }
        }
        take(run_all(model, numbers, std::move(inputs)), first, count);
    }
}

/// The same rounding with room for every code: what a cast gives when it loses no high bits.
fx::Cast unlimited(const fx::Cast& cast) {
    const int fraction = cast.format.fraction;
    return {{true, fx::max_code_bits - 1 - fraction, fraction}, cast.round, fx::Overflow::sat};
}

struct PortCast {
    fx::Cast cast;
    Rounding rounding = Rounding::rnd;
};

std::vector<PortCast> input_casts(const Model& model) {
    std::vector<PortCast> casts;
    for (const Input& input : model.inputs) {
        for (const fx::Format& format : input.formats)
            casts.push_back({{format, basis(input.round), input.overflow}, input.round});
    }
    return casts;
}

/// Can rounding alone lose `lost` steps of the grid? If not, `value` did not fit.
bool only_rounded(double value, double lost, Rounding rounding) {
    const RoundingRecipe how = recipe(rounding);
    if ((how.odd && value < 0.0) != how.mirrored) lost = -lost;
    switch (how.basis) {
    case fx::Round::trn:
        return lost >= 0.0 && lost < 1.0;
    case fx::Round::rnd:
        return lost >= -0.5 && lost < 0.5;
    case fx::Round::rnd_conv:
        return lost >= -0.5 && lost <= 0.5;
    }
    CHECK(false, "a rounding");
}

} // namespace

std::size_t input_count(const Model& model) {
    std::size_t count = 0;
    for (const Input& input : model.inputs)
        count += input.formats.size();
    return count;
}

std::size_t output_count(const Model& model) {
    std::size_t count = 0;
    for (const Output& output : model.outputs)
        count += value_size(model, output.value);
    return count;
}

std::vector<fx::Format> input_formats(const Model& model) {
    std::vector<fx::Format> formats;
    for (const Input& input : model.inputs) {
        formats.insert(formats.end(), input.formats.begin(), input.formats.end());
    }
    return formats;
}

std::vector<std::int64_t> quantize_inputs(const Model& model, std::span<const double> values, std::size_t rows,
                                          std::size_t* saturated) {
    const std::vector<PortCast> casts = input_casts(model);
    CHECK(values.size() == rows * casts.size(), "rows x features values");
    std::vector<std::int64_t> codes(values.size());
    std::size_t count = 0;
    for (std::size_t at = 0; at < values.size(); ++at) {
        const std::size_t feature = at % casts.size();
        if (std::isnan(values[at])) {
            throw Error("not a number (NaN)",
                        "row " + std::to_string(at / casts.size()) + ", feature " + std::to_string(feature));
        }
        const auto& [cast, rounding] = casts[feature];
        if (cast.format.is_zero()) continue; // pruned: the value is not looked at, so it cannot fail to fit
        if (std::isinf(values[at]) && cast.overflow == fx::Overflow::wrap) {
            throw Error("infinity cannot wrap",
                        "row " + std::to_string(at / casts.size()) + ", feature " + std::to_string(feature));
        }
        const double value = model::cast(values[at], cast, rounding);
        if (!only_rounded(values[at], std::ldexp(values[at] - value, cast.format.fraction), rounding)) ++count;
        codes[at] = static_cast<std::int64_t>(std::ldexp(value, cast.format.fraction));
    }
    if (saturated != nullptr) *saturated = count;
    return codes;
}

std::vector<std::int64_t> infer(const Model& model, std::span<const std::int64_t> codes, std::size_t rows) {
    const std::size_t width = output_count(model);
    std::vector<std::int64_t> result(rows * width);
    for_each_block(model, codes, rows, [&](const Blocks& values, std::size_t first, std::size_t count) {
        std::size_t port = 0;
        for (const Output& output : model.outputs) {
            for (const Block& block : values[output.value]) {
                for (std::size_t l = 0; l < count; ++l)
                    result[(first + l) * width + port] = block.codes[l];
                ++port;
            }
        }
    });
    return result;
}

std::vector<int> output_fractions(const Model& model) {
    const auto ranges = intervals(model);
    std::vector<int> fractions;
    for (const Output& output : model.outputs) {
        for (const fx::Interval& range : ranges[output.value])
            fractions.push_back(range.fraction);
    }
    return fractions;
}

std::vector<double> infer_real(const Model& model, std::span<const std::int64_t> codes, std::size_t rows) {
    const std::vector<std::int64_t> outputs = infer(model, codes, rows);
    const std::vector<int> fractions = output_fractions(model);
    std::vector<double> real(outputs.size());
    for (std::size_t at = 0; at < outputs.size(); ++at) {
        real[at] = fx::to_double(outputs[at], fractions[at % fractions.size()]);
    }
    return real;
}

std::vector<std::vector<std::int64_t>> trace(const Model& model, std::span<const std::int64_t> codes) {
    std::vector<std::vector<std::int64_t>> result;
    for_each_block(model, codes, 1, [&](const Blocks& values, std::size_t, std::size_t) {
        for (const std::vector<Block>& value : values) {
            std::vector<std::int64_t>& row = result.emplace_back();
            for (const Block& block : value)
                row.push_back(block.codes[0]);
        }
    });
    return result;
}

std::vector<OverflowCount> count_overflows(const Model& model, std::span<const std::int64_t> codes, std::size_t rows) {
    std::vector<OverflowCount> counts;
    for (std::size_t s = 0; s < model.steps.size(); ++s) {
        if (std::holds_alternative<Cast>(model.steps[s].op)) counts.push_back({s, 0, 0});
    }
    for_each_block(model, codes, rows, [&](const Blocks& values, std::size_t, std::size_t rows_here) {
        for (OverflowCount& count : counts) {
            const Step& step = model.steps[count.step];
            const std::vector<fx::Cast>& casts = std::get<Cast>(step.op).casts;
            std::array<bool, lanes> any{};
            for (std::size_t e = 0; e < casts.size(); ++e) {
                if (casts[e].format.is_zero()) continue; // pruned, not overflown
                const Block& x = values[step.operands[0]][e];
                const fx::Cast wide = unlimited(casts[e]);
                for (std::size_t l = 0; l < rows_here; ++l) {
                    if (fx::cast(x.codes[l], x.range.fraction, casts[e]) ==
                        fx::cast(x.codes[l], x.range.fraction, wide)) {
                        continue;
                    }
                    any[l] = true;
                    ++count.elements;
                }
            }
            count.rows += static_cast<std::size_t>(std::count(any.begin(), any.end(), true));
        }
    });
    return counts;
}

} // namespace bitgrain::model
