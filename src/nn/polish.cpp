#include "nn/polish.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace bitgrain::nn {

namespace {

constexpr std::size_t first_part = 2048, growth = 4; ///< rows that decide most moves; each further part is larger
/// Standard errors of the gain: where some rows must do, a move is in when it is better than that. A pass tries
/// thousands of moves and few are good, so what looks good by chance alone must be kept out.
constexpr double certainty = 2.5;
constexpr double least_gain = 2e-2; ///< in J of a pass, as a share of lambda * EBOPs: less is not worth another one

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
      engine_(network.graph, network.output, network.cost, network.parameters, workers), order_(rows.count),
      finder_(network, engine_) {
    std::iota(order_.begin(), order_.end(), 0U);
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
        if (!(gain < 0.0)) return false;
        const double error = std::sqrt(std::max(squares - sum * sum / tiles, 0.0)) / rows;
        if (gain + certainty * error < 0.0) break;
    }
    base_ = std::move(seen);
    return true;
}

void Polisher::trim() {
    for (const bool kernels : {true, false}) {
        refresh(); // means are folded into biases: other kernels, other biases
        for (const auto& [index, value] : finder_.narrowest(kernels))
            network_.parameters.values()[index] = value;
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
        const auto is_moved = [&](std::size_t site) { return moved.contains(site); };
        if (std::any_of(move.sites.begin(), move.sites.end(), is_moved) || failed_.contains(move.edits)) continue;
        for (const auto& [index, value] : move.edits)
            values[index] = value;
        if (lowers(lambda, before)) {
            moved.insert(move.sites.begin(), move.sites.end());
            before = values;
        } else {
            values = before;
            failed_.insert(move.edits);
        }
    }
}

void Polisher::pass(double lambda) {
    const Curvature curves = curvature(network_, engine_, rows_, order_, loss_);
    refresh();
    keep_lower(finder_.weights(lambda, curves), lambda);
    refresh();
    keep_lower(finder_.biases(lambda, curves), lambda);
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
