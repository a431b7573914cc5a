// y = x W + b over a tile: three small matrix products, element-major (a tile is a rows x elements column-major
// matrix).
#include "nn/freezer.hpp"
#include "nn/graph/ops.hpp"
#include "nn/graph/run.hpp"

#include <Eigen/Core>

namespace bitgrain::nn {

namespace {

template <class T>
using Tile = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic>>;
template <class T>
using Kernel = Eigen::Map<Eigen::Matrix<T, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

class Affine final : public Op {
  public:
    Affine(Var x, Var weights, std::optional<Var> bias, Var y, std::size_t in, std::size_t out)
        : x_(x), weights_(weights), y_(y), bias_(bias), in_(static_cast<Eigen::Index>(in)),
          out_(static_cast<Eigen::Index>(out)) {}

    void forward(Run<float>& run) const override { run_forward(run); }
    void forward(Run<double>& run) const override { run_forward(run); }
    void backward(Run<float>& run) const override { run_backward(run); }
    void backward(Run<double>& run) const override { run_backward(run); }

    void freeze(Freezer& freezer) const override {
        model::Affine step;
        step.rows = static_cast<std::size_t>(in_);
        step.columns = static_cast<std::size_t>(out_);
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
    void run_forward(Run<T>& run) const {
        const auto lanes = static_cast<Eigen::Index>(run.lanes);
        const Tile<T> x(run.value(x_), lanes, in_);
        const Kernel<T> w(run.value(weights_), in_, out_);
        Tile<T> y(run.value(y_), lanes, out_);
        if (bias_) {
            const T* bias = run.value(*bias_);
            for (Eigen::Index o = 0; o < out_; ++o)
                y.col(o).setConstant(bias[o]);
        } else {
            y.setZero();
        }
        y.noalias() += x * w;
    }

    template <class T>
    void run_backward(Run<T>& run) const {
        const auto lanes = static_cast<Eigen::Index>(run.lanes);
        const Tile<T> x(run.value(x_), lanes, in_);
        const Tile<T> dy(run.gradient(y_), lanes, out_);
        const Kernel<T> w(run.value(weights_), in_, out_);
        Kernel<T> dw(run.gradient(weights_), in_, out_);
        Tile<T> dx(run.gradient(x_), lanes, in_);
        dw.noalias() += x.transpose() * dy;
        dx.noalias() += dy * w.transpose();
        if (bias_) {
            T* db = run.gradient(*bias_);
            for (Eigen::Index o = 0; o < out_; ++o)
                db[o] += dy.col(o).sum();
        }
    }

    Var x_, weights_, y_;
    std::optional<Var> bias_;
    Eigen::Index in_, out_;
};

} // namespace

Var affine(Graph& graph, const std::string& name, Var x, Var weights, std::optional<Var> bias) {
    const std::size_t in = graph.size(x), out = graph.size(weights) / in;
    std::vector<Var> inputs{x, weights};
    if (bias) inputs.push_back(*bias);
    return graph.add(name, std::make_unique<Affine>(x, weights, bias, graph.next(), in, out), inputs, out);
}

} // namespace bitgrain::nn
