// y = x W + b over a tile, element-major: three small products for every position and segment. The gradient of W sums
// over the lanes, so it wants the gradient of y row by row: that is transposed first.
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/product.hpp"
#include "nn/graph/typed_op.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::nn {

namespace {

class Affine final : public TypedOp<Affine> {
  public:
    Affine(Var x, Var weights, std::optional<Var> bias, Var y, Windows windows, std::size_t size, std::size_t out)
        : x_(x), weights_(weights), y_(y), bias_(bias), windows_(std::move(windows)), size_(size), out_(out),
          once_(reads_each_once()) {}

    void prepare(Run<float>& run) const override { find_live(run); }
    void prepare(Run<double>& run) const override { find_live(run); }

    void freeze(Freezer& freezer) const override {
        const auto weights = freezer.constant(weights_);
        std::vector<double> bias(out_, 0.0);
        if (bias_) {
            const auto constant = freezer.constant(*bias_);
            bias.assign(constant.begin(), constant.end());
        }
        std::vector<model::Block> blocks(windows_.positions());
        for (std::size_t p = 0; p < blocks.size(); ++p) {
            for (std::size_t s = 0; s < windows_.segments; ++s) {
                for (std::size_t d = 0; d < windows_.depth; ++d)
                    blocks[p].inputs.push_back(windows_.start[p * windows_.segments + s] +
                                               static_cast<std::int64_t>(d));
            }
            blocks[p].weights.assign(weights.begin(), weights.end());
            blocks[p].bias = bias;
            blocks[p].outputs.resize(out_);
            std::iota(blocks[p].outputs.begin(), blocks[p].outputs.end(), p * out_);
        }
        freezer.set(y_, freezer.builder().blocks(freezer.name(y_), freezer.value(x_), blocks, {blocks.size() * out_}));
    }

  private:
    friend class TypedOp<Affine>;

    bool reads_each_once() const {
        std::vector<int> reads(size_, 0);
        for (const std::uint32_t start : windows_.start) {
            for (std::size_t d = 0; d < windows_.depth; ++d)
                ++reads[start + d];
        }
        return std::all_of(reads.begin(), reads.end(), [](int n) { return n == 1; });
    }

    template <class T>
    void find_live(Run<T>& run) const {
        // Lists of live weights know no segments.
        if (windows_.segments == 1) run.live_weights[y_.id].find(windows_.depth, out_, run.value(weights_));
    }

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* bias = bias_ ? run.value(*bias_) : nullptr;
        const Start start = bias_ ? Start::bias : Start::zero;
        const LiveWeights<T>& live = run.live_weights[y_.id];
        for (std::size_t p = 0; p < windows_.positions(); ++p) {
            T* y = run.value(y_) + p * out_ * run.lanes;
            for (std::size_t s = 0; s < windows_.segments; ++s) {
                const T* x = run.value(x_) + windows_.start[p * windows_.segments + s] * run.lanes;
                if (live.few) {
                    live.of_output.multiply(run.lanes, x, y, start, bias);
                    continue;
                }
                multiply(Product<T>{out_, windows_.depth, run.lanes, x, run.lanes,
                                    run.value(weights_) + s * windows_.depth * out_, out_, 1, y, run.lanes},
                         s == 0 ? start : Start::y, bias);
            }
        }
    }

    template <class T>
    void run_backward(Run<T>& run) const {
        const std::size_t columns = padded<T>(out_), depth = windows_.depth;
        const LiveWeights<T>& live = run.live_weights[y_.id];
        const bool set = once_ && run.sets(x_);
        if (run.sets(x_) && !set) std::fill_n(run.gradient(x_), size_ * run.lanes, T(0));
        const Start how = set ? Start::zero : Start::y;
        for (std::size_t p = 0; p < windows_.positions(); ++p) {
            const T* dy = run.gradient(y_) + p * out_ * run.lanes;
            // Outputs padded with zeros, so that a row of dW may reach into the next one.
            transpose(columns, run.lanes, dy, run.lanes, run.scratch, columns);
            if (columns != out_) {
                for (std::size_t r = 0; r < run.lanes; ++r)
                    std::fill_n(run.scratch + r * columns + out_, columns - out_, T(0));
            }
            if (bias_) {
                const T one = 1;
                multiply(Product<T>{1, run.lanes, columns, run.scratch, columns, &one, 0, 0, run.gradient(*bias_), 0},
                         Start::y);
            }
            for (std::size_t s = 0; s < windows_.segments; ++s) {
                const std::size_t x = windows_.start[p * windows_.segments + s] * run.lanes, w = s * depth * out_;
                multiply(Product<T>{depth, run.lanes, columns, run.scratch, columns, run.value(x_) + x, 1, run.lanes,
                                    run.gradient(weights_) + w, out_},
                         Start::y);
                if (live.few) {
                    live.of_input.multiply(run.lanes, dy, run.gradient(x_) + x, how);
                    continue;
                }
                multiply(Product<T>{depth, out_, run.lanes, dy, run.lanes, run.value(weights_) + w, 1, out_,
                                    run.gradient(x_) + x, run.lanes},
                         how);
            }
        }
    }

    Var x_, weights_, y_;
    std::optional<Var> bias_;
    Windows windows_;
    std::size_t size_, out_; ///< elements of x, outputs of a position
    bool once_;              ///< every element of x is read at one place only
};

} // namespace

Var affine(Graph& graph, const std::string& name, Var x, Var weights, std::optional<Var> bias, Windows windows) {
    const std::size_t out = graph.size(weights) / windows.rows(), size = windows.positions() * out;
    std::vector<Var> inputs{x, weights};
    if (bias) inputs.push_back(*bias);
    return graph.add(name,
                     std::make_unique<Affine>(x, weights, bias, graph.next(), std::move(windows), graph.size(x), out),
                     inputs, size);
}

} // namespace bitgrain::nn
