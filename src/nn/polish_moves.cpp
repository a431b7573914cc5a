#include "nn/polish_moves.hpp"

#include "fx/arithmetic.hpp"
#include "nn/power_of_two.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

namespace bitgrain::nn {

namespace {

constexpr double hope = 0.25; ///< share of the EBOPs that a width may save, as its prediction

/// Significant bits: what EBOPs counts of a constant in its narrowest format.
int bits_of(double value) {
    return fx::enclosed_bits(fx::to_dyadic(value).code);
}

double step_of(double value) {
    return std::ldexp(1.0, -fx::to_dyadic(value).fraction);
}

/// Values worth trying instead of `now`: neighbours on its grid and the next finer one, coarser grids, powers of two,
/// zero, and now + newton on its grid and in one to three bits.
std::vector<double> neighbours(double now, double newton) {
    std::vector<double> values;
    const double goal = now + newton;
    const bool reachable = std::abs(goal) > 1e-30 && std::abs(goal) < 1e6;
    if (now != 0.0) {
        const double step = step_of(now);
        values = {now + step, now - step, now + step / 2, now - step / 2, 0.0};
        for (const double grid : {4 * step, 8 * step}) {
            values.push_back(std::floor(now / grid) * grid);
            values.push_back(std::ceil(now / grid) * grid);
        }
        const int top = exponent_of(std::abs(now));
        values.push_back(std::copysign(std::ldexp(1.0, top), now));
        values.push_back(std::copysign(std::ldexp(1.0, top + 1), now));
        if (reachable) values.push_back(std::nearbyint(goal / step) * step);
    }
    if (reachable) {
        for (int bits = 0; bits < 3; ++bits) {
            const double grid = std::ldexp(1.0, exponent_of(std::abs(goal)) - bits);
            values.push_back(std::nearbyint(goal / grid) * grid);
        }
    }
    std::sort(values.begin(), values.end());
    values.erase(std::unique(values.begin(), values.end()), values.end());
    std::erase(values, now);
    return values;
}

} // namespace

bool MoveFinder::Bowl::useful() const {
    return curvature > 0.0 && std::isfinite(curvature) && std::isfinite(gradient);
}

MoveFinder::Bowl MoveFinder::bowl(const Constant& c, double lambda, const Curvature& curvature) const {
    return {curvature.gradient[c.index] / c.per_parameter,
            curvature.diagonal[c.index] / (c.per_parameter * c.per_parameter), lambda * c.input_bits};
}

std::optional<Edits> MoveFinder::set(const Constant& c, double value) const {
    const Quantizer& quantizer = *network_.graph.quantizers()[c.quantizer];
    const std::size_t group = quantizer.group(c.element);
    const auto& slices = network_.parameters.slices();
    const ParameterSlice &width = slices[quantizer.width_slice()], &integer = slices[quantizer.integer_slice()];
    Edits edits;
    const auto fits = [&](int bits) {
        edits.emplace_back(width.offset + group, static_cast<float>(bits));
        return static_cast<float>(bits) >= width.lo && static_cast<float>(bits) <= width.hi;
    };
    const bool own = quantizer.settings().trainable && quantizer.groups() == quantizer.size();
    if (own && value == 0.0) { // dead by its width: the parameter keeps its value and can come back
        if (c.raw == 0.0) return edits;
        return fits(quantizer.saturates() ? 0 : -exponent_of(std::abs(c.raw)) - 2) ? std::optional(edits)
                                                                                   : std::nullopt;
    }
    if (value != c.raw) {
        const double now = static_cast<double>(network_.parameters.values()[c.index]);
        edits.emplace_back(c.index, static_cast<float>(now + (value - c.raw) / c.per_parameter));
    }
    if (!own) return edits;
    const int fraction = fx::to_dyadic(value).fraction, top = exponent_of(std::abs(value)) + 1;
    if (quantizer.saturates()) {
        edits.emplace_back(integer.offset + group, static_cast<float>(top));
        if (static_cast<float>(top) < integer.lo || static_cast<float>(top) > integer.hi) return std::nullopt;
    }
    return fits(quantizer.saturates() ? top + fraction : fraction) ? std::optional(edits) : std::nullopt;
}

std::vector<MoveFinder::Constant> MoveFinder::constants(bool kernels) const {
    std::vector<Constant> result;
    const auto add = [&](std::size_t slice, Var quantised, std::size_t quantizer, auto&& per_parameter, auto&& bits) {
        const auto now = engine_.shared_value(quantised);
        const auto raw = engine_.shared_value(network_.graph.node(quantised).in[0]);
        const std::size_t first = network_.parameters.slices()[slice].offset;
        for (std::size_t e = 0; e < now.size(); ++e)
            result.push_back({first + e, quantizer, e, now[e], raw[e], per_parameter(raw[e], first + e), bits(e)});
    };
    for (const LayerRecord& layer : network_.layers) {
        if (!layer.kernel) continue;
        const KernelParts& parts = *layer.kernel;
        const CostTerm& term = network_.cost[parts.cost];
        if (kernels) {
            const Quantizer& input = *network_.graph.quantizers()[parts.input_quantizer];
            std::vector<float> input_bits(input.size());
            input.element_bits(network_.parameters, input_bits);
            const std::vector<float> prices = term.price_of_row(input_bits);
            add(
                parts.kernel_slice, parts.weights, parts.kernel_quantizer,
                [&](double raw, std::size_t i) { return raw / static_cast<double>(network_.parameters.values()[i]); },
                [&](std::size_t e) { return static_cast<double>(prices[e / term.outputs]); });
        } else if (parts.bias) {
            add(
                parts.bias_slice, *parts.bias, parts.bias_quantizer, [](double, std::size_t) { return 1.0; },
                [&](std::size_t) { return static_cast<double>(term.windows.positions()); });
        }
    }
    return result;
}

void MoveFinder::add_widths(std::vector<Move>& moves, double lambda) const {
    std::map<std::size_t, std::vector<double>> saved; // by quantizer, per group: EBOPs of one bit
    for (const CostTerm& term : network_.cost) {
        if (term.kind != CostTerm::Kind::kernel) continue;
        const Quantizer &input = *network_.graph.quantizers()[term.quantizers[0]],
                        &kernel = *network_.graph.quantizers()[term.quantizers[1]];
        std::vector<double>& groups = saved[term.quantizers[0]];
        groups.resize(input.groups());
        std::vector<float> bits(kernel.size());
        kernel.element_bits(network_.parameters, bits);
        const std::vector<float> prices = term.price_of_input(bits, input.size());
        for (std::size_t e = 0; e < prices.size(); ++e)
            groups[input.group(e)] += static_cast<double>(prices[e]);
    }
    for (const auto& [number, price] : saved) {
        const Quantizer& quantizer = *network_.graph.quantizers()[number];
        if (!quantizer.settings().trainable) continue;
        const ParameterSlice& slice = network_.parameters.slices()[quantizer.width_slice()];
        for (std::size_t g = 0; g < quantizer.groups(); ++g) {
            const int bits = quantizer.widths(network_.parameters, g).bits();
            if (bits == 0 || price[g] == 0.0) continue;
            const std::size_t index = slice.offset + g;
            const float now = std::nearbyint(network_.parameters.values()[index]);
            // One bit less or more, or the input gone. What it does to the loss is not predicted: there are few.
            for (const int change : {-1, 1, -bits - 1}) {
                const float value = now + static_cast<float>(change);
                if (value < slice.lo || value > slice.hi) continue;
                moves.push_back({{index}, hope * lambda * price[g] * std::min(change, 0), {{index, value}}});
            }
        }
    }
}

void MoveFinder::add_constants(std::vector<Move>& moves, bool kernels, double lambda,
                               const Curvature& curvature) const {
    for (const Constant& c : constants(kernels)) {
        const Bowl j = bowl(c, lambda, curvature);
        if (!j.useful() || c.input_bits == 0.0) continue;
        double best = 0.0;
        std::optional<double> promising;
        for (const double value : neighbours(c.now, -j.gradient / j.curvature)) {
            const double predicted = j.at(value - c.now, bits_of(value) - bits_of(c.now));
            if (predicted >= best) continue;
            best = predicted;
            promising = value;
        }
        if (!promising) continue;
        if (auto edits = set(c, *promising)) moves.push_back({{c.index}, best, std::move(*edits)});
    }
}

void MoveFinder::improve(Move& best, const Constant& first, double value, double alone, Constant second, const Bowl& j,
                         double shift) const {
    if (!j.useful()) return;
    const int bits = bits_of(second.now);
    // No more than the bottom of its bowl, and all of its bits saved: mostly too little.
    if (alone - 0.5 * j.gradient * j.gradient / j.curvature - j.price * bits >= best.predicted) return;
    second.raw += shift;
    for (const double other : neighbours(second.now, shift - j.gradient / j.curvature)) {
        const double predicted = alone + j.at(other - second.now - shift, bits_of(other) - bits);
        if (predicted >= best.predicted) continue;
        auto edits = set(first, value), more = set(second, other);
        if (!edits || !more) continue;
        edits->insert(edits->end(), more->begin(), more->end());
        best = {{first.index, second.index}, predicted, std::move(*edits)};
    }
}

void MoveFinder::add_pairs(std::vector<Move>& moves, double lambda, const Curvature& curvature) const {
    std::unordered_map<std::size_t, Constant> of_parameter;
    for (const bool kernels : {true, false}) {
        for (const Constant& c : constants(kernels))
            of_parameter.emplace(c.index, c);
    }
    for (const Column& column : curvature.columns) {
        const std::size_t partners = column.partners.size();
        for (std::size_t position = 0; position < column.parameters.size(); ++position) {
            if (column.is_bias(position)) continue;
            const Constant& first = of_parameter.at(column.parameters[position]);
            const Bowl j = bowl(first, lambda, curvature);
            if (!j.useful() || first.input_bits == 0.0) continue;
            Move best;
            for (const double value : neighbours(first.now, -j.gradient / j.curvature)) {
                const double change = value - first.now, alone = j.at(change, bits_of(value) - bits_of(first.now));
                for (std::size_t p = 0; p < partners; ++p) {
                    const bool bias = column.is_bias(column.partners[p]);
                    // Batch norm takes the mean out in training, where the gradients come from.
                    if (column.partners[p] == position || (bias && column.layer->batch_norm)) continue;
                    const Constant& second = of_parameter.at(column.parameters[column.partners[p]]);
                    Bowl k = bowl(second, lambda, curvature);
                    k.gradient += column.joint[position * partners + p] * change /
                                  (first.per_parameter * second.per_parameter); // where the first one has moved
                    // The mean of the inputs is folded into the bias, which moves with the weight: the gradient knows.
                    const double shift =
                        bias && !column.layer->mean.empty() ? -column.layer->mean[position] * change : 0.0;
                    improve(best, first, value, alone, second, k, shift);
                }
            }
            if (!best.edits.empty()) moves.push_back(std::move(best));
        }
    }
}

std::vector<Move> MoveFinder::weights(double lambda, const Curvature& curvature) const {
    std::vector<Move> moves;
    add_constants(moves, true, lambda, curvature);
    add_pairs(moves, lambda, curvature);
    add_widths(moves, lambda);
    return moves;
}

std::vector<Move> MoveFinder::biases(double lambda, const Curvature& curvature) const {
    std::vector<Move> moves;
    add_constants(moves, false, lambda, curvature);
    return moves;
}

Edits MoveFinder::narrowest(bool kernels) const {
    Edits all;
    for (const Constant& c : constants(kernels)) {
        const Edits edits = set(c, c.now).value_or(Edits{});
        all.insert(all.end(), edits.begin(), edits.end());
    }
    return all;
}

} // namespace bitgrain::nn
