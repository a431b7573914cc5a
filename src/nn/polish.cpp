#include "nn/polish.hpp"

#include "base/random.hpp"
#include "fx/arithmetic.hpp"
#include "nn/power_of_two.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace bitgrain::nn {

namespace {

constexpr std::size_t first_part = 2048, growth = 4; ///< rows that decide most moves; each further part is larger
constexpr double doubt = 0.5;       ///< a prediction may be wrong by this share of what the constant costs now
constexpr double hope = 0.25;       ///< share of the EBOPs that a width may save, as its prediction
constexpr double tolerance = 0.5;   ///< standard errors: worse than that on a part of the rows, and a move is out
constexpr double certainty = 1.0;   ///< standard errors: better than that, and it is in
constexpr double least_gain = 5e-3; ///< in J of a pass, as a share of lambda * EBOPs: less is not worth another one

/// Significant bits: what EBOPs counts of a constant in its narrowest format.
int bits_of(double value) {
    return fx::enclosed_bits(fx::to_dyadic(value).code);
}

double step_of(double value) {
    return std::ldexp(1.0, -fx::to_dyadic(value).fraction);
}

/// Values worth trying instead of `now`: neighbours on its grid and the next finer one, coarser grids, powers of two,
/// zero, and what a Newton step gives, in one to three bits.
std::vector<double> neighbours(double now, double newton) {
    std::vector<double> values;
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
    }
    if (const double goal = now + newton; std::abs(goal) > 1e-30 && std::abs(goal) < 1e6) {
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

/// In memory, so that every look at a part reads it from end to end.
Rows<float> shuffled(const Rows<float>& rows) {
    std::vector<std::uint32_t> order(rows.count);
    std::iota(order.begin(), order.end(), 0U);
    Random(1).shuffle(std::span(order));
    Rows<float> result = rows;
    const auto place = [&](auto& to, const auto& from) {
        const std::size_t size = from.size() / rows.count;
        for (std::size_t r = 0; r < rows.count; ++r)
            std::copy_n(from.begin() + static_cast<std::ptrdiff_t>(order[r] * size), size,
                        to.begin() + static_cast<std::ptrdiff_t>(r * size));
    };
    place(result.values, rows.values);
    place(result.labels, rows.labels);
    place(result.targets, rows.targets);
    place(result.weights, rows.weights);
    return result;
}

} // namespace

Polisher::Polisher(Network& network, const Rows<float>& rows, const Loss& loss, Workers& workers)
    : network_(network), rows_(shuffled(rows)), loss_(loss),
      engine_(network.graph, network.output, network.cost, network.parameters, workers), order_(rows.count) {
    for (std::size_t end = first_part; end < rows.count / 2; end *= growth)
        parts_.push_back(end);
    parts_.push_back(rows.count);
}

void Polisher::look(Seen& seen) {
    const std::size_t part = seen.ebops.size(), begin = part == 0 ? 0 : parts_[part - 1];
    const auto numbers = std::span<const std::uint32_t>(order_).subspan(begin, parts_[part] - begin);
    const std::size_t first_tile = seen.tile_loss.size();
    seen.tile_loss.resize(first_tile + (numbers.size() + tile_rows - 1) / tile_rows);
    const Ranges<float> found = engine_.forward(
        rows_, numbers, Mode::calibrate, [&](std::size_t first, std::size_t count, const float* output) {
            std::vector<float> gradient(loss_.outputs * tile_rows);
            seen.tile_loss[first_tile + first / tile_rows] =
                loss_.apply(rows_, numbers.subspan(first, count), 1, tile_rows, output, gradient.data()).loss;
        });
    Ranges<float>& ranges = seen.ranges;
    if (part == 0) ranges.reset(found.lo.size());
    for (std::size_t i = 0; i < found.lo.size(); ++i) {
        ranges.lo[i] = std::min(ranges.lo[i], found.lo[i]);
        ranges.hi[i] = std::max(ranges.hi[i], found.hi[i]);
    }
    for (const auto& quantizer : network_.graph.quantizers())
        quantizer->track(network_.parameters, ranges.lo.data() + quantizer->range_offset,
                         ranges.hi.data() + quantizer->range_offset, 1e9);
    seen.ebops.push_back(engine_.ebops());
}

void Polisher::refresh() {
    Seen seen;
    const std::vector<float> before = network_.parameters.values();
    look(seen);
    network_.parameters.values() = before;
}

Polisher::Objective Polisher::measure() {
    base_ = {};
    while (base_.ebops.size() < parts_.size())
        look(base_);
    const double loss = std::accumulate(base_.tile_loss.begin(), base_.tile_loss.end(), 0.0);
    return {loss / static_cast<double>(rows_.count), base_.ebops.back()};
}

/// Whether the present parameters have a lower J than the base's `before`; if so they become the base.
bool Polisher::lowers(double lambda, std::vector<float>& before) {
    Seen seen;
    double sum = 0.0, squares = 0.0;
    for (std::size_t part = 0; part < parts_.size(); ++part) {
        if (base_.ebops.size() == part) {
            network_.parameters.values().swap(before);
            look(base_);
            network_.parameters.values().swap(before);
        }
        const std::size_t from = seen.tile_loss.size();
        look(seen);
        for (std::size_t t = from; t < seen.tile_loss.size(); ++t) {
            const double difference = seen.tile_loss[t] - base_.tile_loss[t];
            sum += difference;
            squares += difference * difference;
        }
        const auto rows = static_cast<double>(parts_[part]), tiles = static_cast<double>(seen.tile_loss.size());
        const double gain = sum / rows + lambda * (seen.ebops[part] - base_.ebops[part]);
        const bool last = part + 1 == parts_.size();
        const double error = last ? 0.0 : std::sqrt(std::max(squares - sum * sum / tiles, 0.0)) / rows;
        if (!(gain - tolerance * error < 0.0)) return false;
        if (gain + certainty * error < 0.0) break;
    }
    base_ = std::move(seen);
    return true;
}

Polisher::Slope Polisher::slope() {
    const std::vector<float> before = network_.parameters.values();
    const std::size_t batch = std::clamp<std::size_t>(rows_.count / 64, 32, 1024);
    const std::size_t batches = std::max<std::size_t>(rows_.count / batch, 1);
    Slope slope;
    slope.gradient.assign(before.size(), 0.0);
    slope.curvature.assign(before.size(), 0.0);
    for (std::size_t b = 0; b < batches; ++b) {
        const std::size_t first = b * rows_.count / batches, last = (b + 1) * rows_.count / batches;
        engine_.step(rows_, std::span<const std::uint32_t>(order_).subspan(first, last - first), Mode::train, loss_,
                     0.0);
        for (std::size_t i = 0; i < before.size(); ++i) {
            const auto g = static_cast<double>(engine_.gradient()[i]);
            slope.gradient[i] += g;
            slope.curvature[i] += g * g;
        }
        network_.parameters.values() = before; // a step tracks ranges and statistics
    }
    // The spread over batches tells that over rows: the mean of squared gradients of single rows, the empirical Fisher.
    const auto n = static_cast<double>(batches);
    for (std::size_t i = 0; i < before.size(); ++i) {
        slope.gradient[i] /= n;
        slope.curvature[i] = std::max(slope.curvature[i] / n - slope.gradient[i] * slope.gradient[i], 0.0) *
                             static_cast<double>(rows_.count) / n;
    }
    return slope;
}

std::optional<Polisher::Edits> Polisher::set_constant(const Constant& c, double value) const {
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

std::vector<Polisher::Move> Polisher::width_moves(double lambda) const {
    std::vector<Move> moves;
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
                moves.push_back({index, hope * lambda * price[g] * std::min(change, 0), {{index, value}}});
            }
        }
    }
    return moves;
}

std::vector<Polisher::Constant> Polisher::constants(bool kernels) const {
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

std::vector<Polisher::Move> Polisher::constant_moves(bool kernels, double lambda, const Slope& slope) const {
    std::vector<Move> moves;
    for (const Constant& c : constants(kernels)) {
        const double gradient = slope.gradient[c.index] / c.per_parameter,
                     curvature = slope.curvature[c.index] / (c.per_parameter * c.per_parameter);
        const double price = lambda * c.input_bits;
        if (!(curvature > 0.0) || !std::isfinite(curvature) || c.input_bits == 0.0) continue;
        double best = doubt * price * bits_of(c.now);
        std::optional<double> promising;
        for (const double value : neighbours(c.now, -gradient / curvature)) {
            const double change = value - c.now;
            const double predicted =
                gradient * change + 0.5 * curvature * change * change + price * (bits_of(value) - bits_of(c.now));
            if (predicted >= best) continue;
            best = predicted;
            promising = value;
        }
        if (!promising) continue;
        if (auto edits = set_constant(c, *promising)) moves.push_back({c.index, best, std::move(*edits)});
    }
    return moves;
}

void Polisher::trim() {
    for (const bool kernels : {true, false}) {
        refresh(); // means are folded into biases: other kernels, other biases
        for (const Constant& c : constants(kernels)) {
            for (const auto& [index, value] : set_constant(c, c.now).value_or(Edits{}))
                network_.parameters.values()[index] = value;
        }
    }
}

void Polisher::keep_lower(std::vector<Move> moves, double lambda) {
    std::stable_sort(moves.begin(), moves.end(),
                     [](const Move& a, const Move& b) { return a.predicted < b.predicted; });
    std::set<std::size_t> moved;
    std::vector<float>& values = network_.parameters.values();
    std::vector<float> before = values;
    for (const Move& move : moves) {
        if (stop_ && stop_()) break;
        if (moved.contains(move.site) || failed_.contains(move.edits)) continue;
        for (const auto& [index, value] : move.edits)
            values[index] = value;
        if (lowers(lambda, before)) {
            moved.insert(move.site);
            before = values;
        } else {
            values = before;
            failed_.insert(move.edits);
        }
    }
}

void Polisher::pass(double lambda) {
    const Slope slopes = slope();
    for (const bool kernels : {true, false}) {
        refresh();
        std::vector<Move> moves = constant_moves(kernels, lambda, slopes);
        if (kernels) {
            for (Move& move : width_moves(lambda))
                moves.push_back(std::move(move));
        }
        keep_lower(std::move(moves), lambda);
    }
}

Polisher::Objective Polisher::polish(double lambda, const std::function<bool()>& stop) {
    stop_ = stop;
    failed_.clear();
    trim();
    for (std::size_t number = 0;; ++number) {
        // Other rows come first in each pass, so that none decides alone.
        for (std::size_t r = 0; r < order_.size(); ++r)
            order_[r] = static_cast<std::uint32_t>((r + number * first_part) % order_.size());
        const Objective before = measure();
        if (stop_ && stop_()) return before;
        const std::vector<float> values = network_.parameters.values();
        pass(lambda);
        const Objective after = measure();
        const double gain = before.at(lambda) - after.at(lambda);
        if (!(gain > 0.0)) network_.parameters.values() = values;
        if (!(gain > least_gain * lambda * before.ebops)) return gain > 0.0 ? after : before;
    }
}

} // namespace bitgrain::nn
