// y = x W + b over a tile, element-major: three small products. The gradient of W sums over the lanes, so it wants the
// gradient of y row by row: that is transposed first.
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/product.hpp"
#include "nn/graph/run.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

class Affine final : public Op {
  public:
    Affine(Var x, Var weights, std::optional<Var> bias, Var y, std::size_t in, std::size_t out)
        : x_(x), weights_(weights), y_(y), bias_(bias), in_(in), out_(out) {}

    void prepare(Run<float>& run) const override { find_live(run); }
    void prepare(Run<double>& run) const override { find_live(run); }
    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }

    void freeze(Freezer& freezer) const override {
        model::Affine step;
        step.rows = in_;
        step.columns = out_;
        const auto weights = freezer.constant(weights_);
        step.weights.assign(weights.begin(), weights.end());
        step.bias.assign(step.columns, 0.0);
        if (bias_) {
            const auto bias = freezer.constant(*bias_);
            step.bias.assign(bias.begin(), bias.end());
        }
        freezer.add_step(y_, {x_}, std::move(step));
    }

  private:
    template <class T>
    void find_live(Run<T>& run) const {
        run.live_weights[y_.id].find(in_, out_, run.value(weights_));
    }

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* bias = bias_ ? run.value(*bias_) : nullptr;
        const Start start = bias_ ? Start::bias : Start::zero;
        if (const LiveWeights<T>& live = run.live_weights[y_.id]; live.few) {
            live.of_output.multiply(run.lanes, run.value(x_), run.value(y_), start, bias);
            return;
        }
        multiply(Product<T>{out_, in_, run.lanes, run.value(x_), run.lanes, run.value(weights_), out_, 1, run.value(y_),
                            run.lanes},
                 start, bias);
    }

    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        // Outputs padded with zeros, so that a row of dW may reach into the next one.
        const std::size_t columns = padded<T>(out_);
        transpose(columns, run.lanes, dy, run.lanes, run.scratch, columns);
        if (columns != out_) {
            for (std::size_t r = 0; r < run.lanes; ++r)
                std::fill_n(run.scratch + r * columns + out_, columns - out_, T(0));
        }
        multiply(Product<T>{in_, run.lanes, columns, run.scratch, columns, run.value(x_), 1, run.lanes,
                            run.gradient(weights_), out_},
                 Start::y);
        if (bias_) {
            const T one = 1;
            multiply(Product<T>{1, run.lanes, columns, run.scratch, columns, &one, 0, 0, run.gradient(*bias_), 0},
                     Start::y);
        }
        const Start how = run.sets(x_) ? Start::zero : Start::y;
        if (const LiveWeights<T>& live = run.live_weights[y_.id]; live.few) {
            live.of_input.multiply(run.lanes, dy, run.gradient(x_), how);
            return;
        }
        multiply(
            Product<T>{in_, out_, run.lanes, dy, run.lanes, run.value(weights_), 1, out_, run.gradient(x_), run.lanes},
            how);
    }

    Var x_, weights_, y_;
    std::optional<Var> bias_;
    std::size_t in_, out_;
};

} // namespace

Var affine(Graph& graph, const std::string& name, Var x, Var weights, std::optional<Var> bias) {
    const std::size_t in = graph.size(x), out = graph.size(weights) / in;
    std::vector<Var> inputs{x, weights};
    if (bias) inputs.push_back(*bias);
    return graph.add(name, std::make_unique<Affine>(x, weights, bias, graph.next(), in, out), inputs, out);
}

} // namespace bitgrain::nn
