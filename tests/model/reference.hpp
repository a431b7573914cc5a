// The meaning of every model op written a second time, in long double (64 bits of mantissa, so exact wherever a model
// is valid) and without anything from fx: what exact inference is compared with.
#pragma once

#include "model/model.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace bitgrain::test {

using Real = long double;
using RealValue = std::vector<Real>;

inline Real reference_cast(Real x, const fx::Cast& cast) {
    const fx::Format& f = cast.format;
    if ((f.sign ? 1 : 0) + f.integer + f.fraction <= 0) return 0;
    const Real step = std::ldexp(Real{1}, -f.fraction), range = std::ldexp(Real{1}, f.integer);
    const Real largest = range - step;
    const Real smallest = !f.sign ? 0 : cast.overflow == fx::Overflow::sat_sym ? -largest : -range;
    const Real u = x / step, floor = std::floor(u);
    Real q = floor;
    if (cast.round == fx::Round::rnd) q = std::floor(u + 0.5L);
    if (cast.round == fx::Round::rnd_conv) {
        const bool odd = std::fmod(floor, 2.0L) != 0;
        if (u - floor > 0.5L || (u - floor == 0.5L && odd)) q = floor + 1;
    }
    const Real y = q * step;
    if (cast.overflow != fx::Overflow::wrap) return std::min(std::max(y, smallest), largest);
    const Real modulus = f.sign ? 2 * range : range;
    return y - modulus * std::floor((y - smallest) / modulus);
}

inline RealValue reference_step(const model::Step& step, const std::vector<RealValue>& values) {
    const RealValue& x = values[step.operands[0]];
    RealValue y;
    if (const auto* affine = std::get_if<model::Affine>(&step.op)) {
        for (std::size_t j = 0; j < affine->columns; ++j) {
            Real sum = affine->bias[j];
            for (std::size_t i = 0; i < affine->rows; ++i)
                sum += affine->weights[i * affine->columns + j] * x[i];
            y.push_back(sum);
        }
    } else if (const auto* cast = std::get_if<model::Cast>(&step.op)) {
        for (std::size_t i = 0; i < x.size(); ++i)
            y.push_back(reference_cast(x[i], cast->casts[i]));
    } else if (std::holds_alternative<model::Relu>(step.op)) {
        for (const Real value : x)
            y.push_back(value > 0 ? value : 0);
    } else if (const auto* table = std::get_if<model::Table>(&step.op)) {
        for (std::size_t i = 0; i < x.size(); ++i) {
            const model::Table::Content& content = table->tables[table->index[i]];
            const fx::Format& key = content.key;
            const bool empty = (key.sign ? 1 : 0) + key.integer + key.fraction <= 0;
            const Real smallest = key.sign && !empty ? -std::ldexp(Real{1}, key.integer) : 0;
            const Real at = empty ? 0 : (x[i] - smallest) * std::ldexp(Real{1}, key.fraction);
            y.push_back(content.values[static_cast<std::size_t>(at)]);
        }
    } else if (const auto* gather = std::get_if<model::Gather>(&step.op)) {
        RealValue all;
        for (const std::size_t operand : step.operands) {
            all.insert(all.end(), values[operand].begin(), values[operand].end());
        }
        for (const std::int64_t at : gather->index)
            y.push_back(at < 0 ? 0 : all[static_cast<std::size_t>(at)]);
    } else if (std::holds_alternative<model::Add>(step.op)) {
        y.resize(x.size(), 0);
        for (const std::size_t operand : step.operands) {
            for (std::size_t i = 0; i < x.size(); ++i)
                y[i] += values[operand][i];
        }
    } else if (std::holds_alternative<model::Mul>(step.op)) {
        for (std::size_t i = 0; i < x.size(); ++i)
            y.push_back(x[i] * values[step.operands[1]][i]);
    } else {
        const auto& reduce = std::get<model::Reduce>(step.op);
        for (std::size_t g = 0; g < x.size() / reduce.size; ++g) {
            Real result = x[g * reduce.size];
            for (std::size_t k = 1; k < reduce.size; ++k) {
                const Real next = x[g * reduce.size + k];
                result = reduce.kind == model::Reduce::Kind::sum ? result + next : std::max(result, next);
            }
            y.push_back(result);
        }
    }
    return y;
}

/// All values of a model (inputs first) for one row of real inputs that are in the ports' formats.
inline std::vector<RealValue> reference_values(const model::Model& model, const RealValue& row) {
    std::vector<RealValue> values;
    auto next = row.begin();
    for (const model::Input& input : model.inputs) {
        const auto end = next + static_cast<std::ptrdiff_t>(input.formats.size());
        values.emplace_back(next, end);
        next = end;
    }
    for (const model::Step& step : model.steps)
        values.push_back(reference_step(step, values));
    return values;
}

} // namespace bitgrain::test
