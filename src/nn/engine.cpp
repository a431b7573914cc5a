#include "nn/engine.hpp"

#include "base/error.hpp"
#include "nn/graph/product.hpp"
#include "nn/graph/statistics.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::nn {

namespace {

/// Independent of the number of threads, so that results are.
constexpr std::size_t most_slots = 8;

/// The tiles of a slot: consecutive ones.
struct TileSpan {
    std::size_t first, last;
};
TileSpan tiles_of_slot(std::size_t slot, std::size_t slots, std::size_t tiles) {
    return {slot * tiles / slots, (slot + 1) * tiles / slots};
}

} // namespace

template <class T>
Engine<T>::Engine(const Graph& graph, Var output, const std::vector<CostTerm>& cost, Parameters& parameters,
                  Workers& workers)
    : graph_(graph), output_(output), cost_(cost), parameters_(parameters), workers_(workers) {
    offset_.assign(graph.nodes().size(), 0);
    place_shared();
    gradient_offset_ = offset_;
    place_tiles();
    // Products may write zeros behind what they compute (multiply, Start::y).
    shared_values_.assign(shared_size_, T(0));
    shared_gradients_.assign(shared_gradients_size_ + widest_vector<T>, T(0));
    parameter_gradient_.assign(parameters.values().size(), T(0));
    live_weights_.resize(graph.nodes().size());
    slots_.resize(most_slots);
    for (Slot& slot : std::span(slots_).subspan(1))
        slot.shared_gradients.assign(tile_gradients_size_ + widest_vector<T>, T(0));
}

template <class T>
void Engine<T>::place_shared() {
    // Vars whose gradients come from tiles first, then the others, then those without gradients: only the first are
    // added up over slots.
    const auto& nodes = graph_.nodes();
    std::vector<bool> from_tiles(nodes.size(), false);
    for (const GraphNode& node : nodes) {
        for (const Var var : node.in)
            from_tiles[var.id] = from_tiles[var.id] || (!node.shared && nodes[var.id].op->has_gradient());
    }
    const auto place = [&](auto&& chosen) {
        for (std::size_t v = 0; v < nodes.size(); ++v) {
            if (!nodes[v].shared || !chosen(v)) continue;
            offset_[v] = shared_size_;
            shared_size_ += (nodes[v].size + 15) / 16 * 16; // whole vectors, so that no two Vars share one
        }
        return shared_size_;
    };
    tile_gradients_size_ = place([&](std::size_t v) { return from_tiles[v]; });
    shared_gradients_size_ = place([&](std::size_t v) { return !from_tiles[v] && nodes[v].op->has_gradient(); });
    place([&](std::size_t v) { return !nodes[v].op->has_gradient(); });
}

template <class T>
void Engine<T>::place_tiles() {
    const auto& nodes = graph_.nodes();
    std::vector<int> readers(nodes.size(), 0);
    for (const GraphNode& node : nodes) {
        for (const Var var : node.in)
            ++readers[var.id];
    }
    set_gradient_.assign(nodes.size(), false);
    std::size_t largest = 0;
    for (std::size_t v = 0; v < nodes.size(); ++v) {
        if (nodes[v].shared) continue;
        set_gradient_[v] = readers[v] == 1 && v != output_.id; // the loss sets the output's
        offset_[v] = gradient_offset_[v] = tile_size_;
        largest = std::max(largest, nodes[v].size);
        if (nodes[v].quantizer >= 0) tile_quantizers_.push_back(graph_.quantizers()[nodes[v].quantizer].get());
        const Op::InPlace in_place = nodes[v].op->in_place();
        if (in_place != Op::InPlace::nothing && set_gradient_[nodes[v].in[0].id]) {
            const std::size_t x = nodes[v].in[0].id;
            gradient_offset_[v] = gradient_offset_[x];
            // A quantizer's backward needs its result.
            if (in_place == Op::InPlace::value_and_gradient && nodes[x].quantizer < 0) {
                offset_[v] = offset_[x];
                continue;
            }
        }
        tile_size_ += nodes[v].size * tile_rows;
    }
    scratch_size_ = padded<T>(largest) * tile_rows;
    tile_size_ += widest_vector<T> * tile_rows; // gradients are read in whole vectors of elements
}

template <class T>
Run<T> Engine<T>::shared_run(Mode mode, std::size_t batch_rows, std::size_t lanes) {
    Run<T> run;
    run.lanes = lanes;
    run.graph = &graph_;
    run.mode = mode;
    run.batch_rows = batch_rows;
    run.parameters = &parameters_;
    run.parameter_gradient = parameter_gradient_.data();
    run.offset = offset_.data();
    run.gradient_offset = gradient_offset_.data();
    run.set_gradient = &set_gradient_;
    run.shared_values = shared_values_.data();
    run.shared_gradients = shared_gradients_.data();
    run.live_weights = live_weights_.data();
    return run;
}

template <class T>
Run<T> Engine<T>::tile_run(const Run<T>& shared, Slot& slot, Frame& frame, const Rows<T>& data,
                           std::span<const std::uint32_t> rows) {
    Run<T> run = shared;
    run.rows = rows.size();
    run.data = data.values.data();
    run.features = data.features;
    run.row_numbers = rows;
    if (!slot.shared_gradients.empty()) run.shared_gradients = slot.shared_gradients.data();
    if (shared.ranges != nullptr) run.ranges = &slot.ranges;
    run.sums = &slot.sums;
    if (frame.values.empty()) {
        frame.values.assign(tile_size_, T(0));
        frame.gradients.assign(tile_size_, T(0));
        frame.scratch.assign(scratch_size_, T(0));
    }
    run.tile_values = frame.values.data();
    run.tile_gradients = frame.gradients.data();
    run.scratch = frame.scratch.data();
    return run;
}

template <class T>
void Engine<T>::forward_shared(Run<T>& run, int phase) {
    for (const GraphNode& node : graph_.nodes()) {
        if (node.shared && node.phase == phase) node.op->forward(run);
    }
}

template <class T>
void Engine<T>::prepare_tiles(Run<T>& run, int phase) {
    for (const GraphNode& node : graph_.nodes()) {
        if (!node.shared && node.phase == phase) node.op->prepare(run);
    }
}

template <class T>
void Engine<T>::forward_tile(Run<T>& run, int phase) {
    for (const GraphNode& node : graph_.nodes()) {
        if (!node.shared && node.phase == phase) node.op->forward(run);
    }
}

template <class T>
void Engine<T>::backward_tile(Run<T>& run, int phase) {
    const auto& nodes = graph_.nodes();
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        if (!node->shared && node->phase == phase) node->op->backward(run);
    }
}

template <class T>
void Engine<T>::reset_ranges(std::size_t slots) {
    slots_[0].ranges.reset(graph_.range_size());
    for (Slot& slot : std::span(slots_).subspan(1, slots - 1)) {
        slot.ranges.lo.resize(graph_.range_size());
        slot.ranges.hi.resize(graph_.range_size());
        for (const Quantizer* quantizer : tile_quantizers_) {
            std::fill_n(slot.ranges.lo.begin() + quantizer->range_offset, quantizer->groups(), Ranges<T>::nothing);
            std::fill_n(slot.ranges.hi.begin() + quantizer->range_offset, quantizer->groups(), -Ranges<T>::nothing);
        }
    }
}

template <class T>
void Engine<T>::merge_ranges(std::size_t slots) {
    Ranges<T>& total = slots_[0].ranges;
    for (std::size_t s = 1; s < slots; ++s) {
        const Ranges<T>& ranges = slots_[s].ranges;
        for (const Quantizer* quantizer : tile_quantizers_) {
            const std::size_t first = quantizer->range_offset;
            for (std::size_t i = first; i < first + quantizer->groups(); ++i) {
                total.lo[i] = std::min(total.lo[i], ranges.lo[i]);
                total.hi[i] = std::max(total.hi[i], ranges.hi[i]);
            }
        }
    }
}

template <class T>
void Engine<T>::reduce_gradients(std::size_t slots) {
    T* __restrict total = shared_gradients_.data();
    for (std::size_t s = 1; s < slots; ++s) {
        const T* __restrict gradients = slots_[s].shared_gradients.data();
        for (std::size_t i = 0; i < tile_gradients_size_; ++i)
            total[i] += gradients[i];
    }
}

template <class T>
StepResult Engine<T>::step(const Rows<T>& data, std::span<const std::uint32_t> rows, Mode mode, const Loss& loss,
                           double beta) {
    CHECK(!rows.empty(), "a step needs rows");
    const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows, slots = std::min(most_slots, tiles);
    const int phases = graph_.phases();
    const bool keep_tiles = phases > 1;
    const std::size_t frames = keep_tiles ? tiles : workers_.threads();
    if (frames_.size() < frames) frames_.resize(frames);
    for (Slot& slot : std::span(slots_).first(slots)) {
        slot.sums.assign(graph_.sums_size(), 0.0);
        slot.loss = 0.0;
        slot.correct = 0;
    }
    reset_ranges(slots);
    std::fill(shared_gradients_.begin(), shared_gradients_.end(), T(0));
    std::fill(parameter_gradient_.begin(), parameter_gradient_.end(), T(0));

    // A small batch is computed in a small tile.
    const std::size_t lanes = rows.size() > tile_rows / 2 ? tile_rows : tile_rows / 2;
    Run<T> shared = shared_run(mode, rows.size(), lanes);
    if (mode == Mode::train) shared.ranges = &slots_[0].ranges;
    shared.tracked = &parameters_;

    const auto each_tile = [&](auto&& body) {
        workers_.run(slots, [&](unsigned thread, std::size_t s) {
            std::fill(slots_[s].shared_gradients.begin(), slots_[s].shared_gradients.end(), T(0));
            const TileSpan span = tiles_of_slot(s, slots, tiles);
            for (std::size_t t = span.first; t < span.last; ++t) {
                const std::size_t first = t * tile_rows, count = std::min(tile_rows, rows.size() - first);
                Frame& frame = frames_[keep_tiles ? t : thread];
                Run<T> run = tile_run(shared, slots_[s], frame, data, rows.subspan(first, count));
                body(slots_[s], run);
            }
        });
    };
    const auto statistics_before = [&](int phase, auto&& body) {
        for (const GraphNode& node : graph_.nodes()) {
            if (node.phase != phase + 1 || !node.shared) continue;
            if (const BatchStatistics* op = node.op->statistics()) body(*op);
        }
    };

    for (int phase = 0; phase < phases; ++phase) {
        for (const GraphNode& node : graph_.nodes()) {
            if (!node.shared || node.phase != phase) continue;
            if (const BatchStatistics* op = node.op->statistics()) {
                Sums total(graph_.sums_size(), 0.0);
                for (const Slot& slot : std::span(slots_).first(slots)) {
                    for (std::size_t i = 0; i < total.size(); ++i)
                        total[i] += slot.sums[i];
                }
                op->finish(shared, total.data() + op->sums_offset());
            } else {
                node.op->forward(shared);
            }
        }
        prepare_tiles(shared, phase);
        each_tile([&](Slot& slot, Run<T>& run) {
            forward_tile(run, phase);
            statistics_before(phase, [&](const BatchStatistics& op) { op.accumulate(run); });
            if (phase + 1 < phases) return;
            for (std::size_t v = 0; v < set_gradient_.size(); ++v) {
                const GraphNode& node = graph_.nodes()[v];
                if (!node.shared && !set_gradient_[v])
                    std::fill_n(run.gradient(Var{static_cast<std::uint32_t>(v)}), node.size * lanes, T(0));
            }
            const LossResult result =
                loss.apply(data, run.row_numbers, rows.size(), lanes, run.value(output_), run.gradient(output_));
            slot.loss += result.loss;
            slot.correct += result.correct;
            backward_tile(run, phase);
        });
    }

    StepResult result;
    for (const Slot& slot : std::span(slots_).first(slots)) {
        result.loss += slot.loss;
        result.correct += slot.correct;
    }
    result.loss /= static_cast<double>(rows.size());

    if (mode == Mode::train) {
        merge_ranges(slots);
        const Ranges<T>& ranges = slots_[0].ranges;
        for (const auto& quantizer : graph_.quantizers()) {
            quantizer->track(parameters_, ranges.lo.data() + quantizer->range_offset,
                             ranges.hi.data() + quantizer->range_offset, quantizer->settings().integer_decay);
        }
    }

    for (int phase = phases - 1; phase >= 0; --phase) {
        if (phase + 1 < phases) {
            const AlignedVector<T> gradients = shared_gradients_; // of the statistics, complete: their phase is done
            each_tile([&](Slot&, Run<T>& run) {
                statistics_before(phase, [&](const BatchStatistics& op) { op.spread(run, gradients.data()); });
                backward_tile(run, phase);
            });
        }
        reduce_gradients(slots);
        if (phase == phases - 1 && mode == Mode::train) {
            for (const CostTerm& term : cost_) {
                result.ebops += term.add_gradient(shared, beta);
            }
        }
        const auto& nodes = graph_.nodes();
        for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
            if (node->shared && node->phase == phase) node->op->backward(shared);
        }
    }
    for (const ParameterSlice& slice : parameters_.slices()) {
        if (slice.pull == 0.0F || mode == Mode::unquantised) continue;
        for (std::size_t i = 0; i < slice.size; ++i)
            parameter_gradient_[slice.offset + i] += static_cast<T>(slice.pull);
    }
    return result;
}

template <class T>
Ranges<T> Engine<T>::forward(const Rows<T>& data, Mode mode, const Sink& sink,
                             const std::vector<std::vector<fx::Cast>>* casts) {
    std::vector<std::uint32_t> all(data.count);
    std::iota(all.begin(), all.end(), 0U);
    return forward(data, all, mode, sink, casts);
}

template <class T>
Ranges<T> Engine<T>::forward(const Rows<T>& data, std::span<const std::uint32_t> rows, Mode mode, const Sink& sink,
                             const std::vector<std::vector<fx::Cast>>* casts) {
    const std::size_t tiles = (rows.size() + tile_rows - 1) / tile_rows;
    const std::size_t slots = std::max<std::size_t>(1, std::min(most_slots, tiles));
    reset_ranges(slots);
    Run<T> shared = shared_run(mode, rows.size(), tile_rows);
    if (mode != Mode::infer) shared.ranges = &slots_[0].ranges;
    for (int phase = 0; phase < graph_.phases(); ++phase) {
        forward_shared(shared, phase);
        prepare_tiles(shared, phase);
    }

    if (frames_.size() < workers_.threads()) frames_.resize(workers_.threads());
    workers_.run(slots, [&](unsigned thread, std::size_t s) {
        const TileSpan span = tiles_of_slot(s, slots, tiles);
        for (std::size_t t = span.first; t < span.last; ++t) {
            const std::size_t first = t * tile_rows, count = std::min(tile_rows, rows.size() - first);
            Run<T> run = tile_run(shared, slots_[s], frames_[thread], data, rows.subspan(first, count));
            run.casts = casts;
            for (int phase = 0; phase < graph_.phases(); ++phase)
                forward_tile(run, phase);
            if (sink) sink(first, count, run.value(output_));
        }
    });
    merge_ranges(slots);
    return slots_[0].ranges;
}

template <class T>
std::span<const T> Engine<T>::shared_value(Var var) const {
    return std::span<const T>(shared_values_).subspan(offset_[var.id], graph_.size(var));
}

template <class T>
double Engine<T>::ebops() const {
    double total = 0.0;
    for (const CostTerm& term : cost_)
        total += term.evaluate(graph_, parameters_);
    return total;
}

template class Engine<float>;
template class Engine<double>;

} // namespace bitgrain::nn
