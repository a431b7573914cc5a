// The shared ops that prepare kernels and biases: parameter values, standardisation and batch normalisation folded in.
// Shapes: W is [in][out] row-major.
#include "nn/graph/ops.hpp"
#include "nn/graph/typed_op.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

namespace {

class Parameter final : public TypedOp<Parameter> {
  public:
    Parameter(std::size_t slice, Var y, double gradient_factor)
        : slice_(slice), y_(y), gradient_factor_(gradient_factor) {}

  private:
    friend class TypedOp<Parameter>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const auto values = run.parameters->slice(slice_);
        std::copy(values.begin(), values.end(), run.value(y_));
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const ParameterSlice& slice = run.parameters->slices()[slice_];
        const T* dy = run.gradient(y_);
        T* gradient = run.parameter_gradient + slice.offset;
        const T factor = static_cast<T>(gradient_factor_);
        for (std::size_t i = 0; i < slice.size; ++i)
            gradient[i] += factor * dy[i];
    }
    std::size_t slice_;
    Var y_;
    double gradient_factor_;
};

class ScaleRows final : public TypedOp<ScaleRows> {
  public:
    ScaleRows(Var w, Var y, std::vector<double> factor, std::size_t columns)
        : w_(w), y_(y), factor_(std::move(factor)), columns_(columns) {}

  private:
    friend class TypedOp<ScaleRows>;

    template <class T>
    void run_forward(Run<T>& run) const {
        scale(run.value(w_), run.value(y_), false);
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        scale(run.gradient(y_), run.gradient(w_), true);
    }
    template <class T>
    void scale(const T* from, T* to, bool accumulate) const {
        for (std::size_t i = 0; i < factor_.size(); ++i) {
            const T factor = static_cast<T>(factor_[i]);
            for (std::size_t o = 0; o < columns_; ++o) {
                const std::size_t k = i * columns_ + o;
                to[k] = (accumulate ? to[k] : T(0)) + factor * from[k];
            }
        }
    }
    Var w_, y_;
    std::vector<double> factor_;
    std::size_t columns_;
};

class FoldMean final : public TypedOp<FoldMean> {
  public:
    FoldMean(Var bias, Var w, Var y, std::vector<double> mean, std::size_t columns)
        : bias_(bias), w_(w), y_(y), mean_(std::move(mean)), columns_(columns) {}

  private:
    friend class TypedOp<FoldMean>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* w = run.value(w_);
        T* y = run.value(y_);
        std::copy_n(run.value(bias_), columns_, y);
        for (std::size_t i = 0; i < mean_.size(); ++i) {
            const T mean = static_cast<T>(mean_[i]);
            for (std::size_t o = 0; o < columns_; ++o)
                y[o] -= mean * w[i * columns_ + o];
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* dy = run.gradient(y_);
        T* db = run.gradient(bias_);
        T* dw = run.gradient(w_);
        for (std::size_t o = 0; o < columns_; ++o)
            db[o] += dy[o];
        for (std::size_t i = 0; i < mean_.size(); ++i) {
            const T mean = static_cast<T>(mean_[i]);
            for (std::size_t o = 0; o < columns_; ++o)
                dw[i * columns_ + o] -= mean * dy[o];
        }
    }
    Var bias_, w_, y_;
    std::vector<double> mean_;
    std::size_t columns_;
};

class NormScale final : public TypedOp<NormScale> {
  public:
    NormScale(Var gamma, Var statistics, Var y, double epsilon, std::size_t size)
        : gamma_(gamma), statistics_(statistics), y_(y), epsilon_(epsilon), size_(size) {}

  private:
    friend class TypedOp<NormScale>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T* gamma = run.value(gamma_);
        const T* variance = run.value(statistics_) + size_;
        T* y = run.value(y_);
        for (std::size_t o = 0; o < size_; ++o)
            y[o] = gamma[o] / std::sqrt(variance[o] + static_cast<T>(epsilon_));
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T* gamma = run.value(gamma_);
        const T* variance = run.value(statistics_) + size_;
        const T* dy = run.gradient(y_);
        T* dgamma = run.gradient(gamma_);
        T* dvariance = run.gradient(statistics_) + size_;
        for (std::size_t o = 0; o < size_; ++o) {
            const T root = std::sqrt(variance[o] + static_cast<T>(epsilon_));
            dgamma[o] += dy[o] / root;
            dvariance[o] += dy[o] * gamma[o] * T(-0.5) / (root * root * root);
        }
    }
    Var gamma_, statistics_, y_;
    double epsilon_;
    std::size_t size_;
};

class ScaleColumns final : public TypedOp<ScaleColumns> {
  public:
    ScaleColumns(Var w, Var scale, Var y, std::size_t rows, std::size_t columns)
        : w_(w), scale_(scale), y_(y), rows_(rows), columns_(columns) {}

  private:
    friend class TypedOp<ScaleColumns>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T *w = run.value(w_), *s = run.value(scale_);
        T* y = run.value(y_);
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t o = 0; o < columns_; ++o)
                y[i * columns_ + o] = w[i * columns_ + o] * s[o];
        }
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T *w = run.value(w_), *s = run.value(scale_), *dy = run.gradient(y_);
        T *dw = run.gradient(w_), *ds = run.gradient(scale_);
        for (std::size_t i = 0; i < rows_; ++i) {
            for (std::size_t o = 0; o < columns_; ++o) {
                dw[i * columns_ + o] += dy[i * columns_ + o] * s[o];
                ds[o] += dy[i * columns_ + o] * w[i * columns_ + o];
            }
        }
    }
    Var w_, scale_, y_;
    std::size_t rows_, columns_;
};

class NormShift final : public TypedOp<NormShift> {
  public:
    NormShift(Var bias, Var statistics, Var scale, Var y, std::size_t size)
        : bias_(bias), statistics_(statistics), scale_(scale), y_(y), size_(size) {}

  private:
    friend class TypedOp<NormShift>;

    template <class T>
    void run_forward(Run<T>& run) const {
        const T *bias = run.value(bias_), *mean = run.value(statistics_), *s = run.value(scale_);
        T* y = run.value(y_);
        for (std::size_t o = 0; o < size_; ++o)
            y[o] = bias[o] - mean[o] * s[o];
    }
    template <class T>
    void run_backward(Run<T>& run) const {
        const T *mean = run.value(statistics_), *s = run.value(scale_), *dy = run.gradient(y_);
        T *dbias = run.gradient(bias_), *dmean = run.gradient(statistics_), *ds = run.gradient(scale_);
        for (std::size_t o = 0; o < size_; ++o) {
            dbias[o] += dy[o];
            dmean[o] -= dy[o] * s[o];
            ds[o] -= dy[o] * mean[o];
        }
    }
    Var bias_, statistics_, scale_, y_;
    std::size_t size_;
};

} // namespace

Var parameter(Graph& graph, const std::string& name, std::size_t slice, std::size_t size, double gradient_factor) {
    return graph.add(name, std::make_unique<Parameter>(slice, graph.next(), gradient_factor), {}, size, true);
}

Var scale_rows(Graph& graph, const std::string& name, Var weights, const std::vector<double>& factor) {
    const std::size_t size = graph.size(weights);
    return graph.add(name, std::make_unique<ScaleRows>(weights, graph.next(), factor, size / factor.size()), {weights},
                     size);
}

Var fold_mean(Graph& graph, const std::string& name, Var bias, Var weights, const std::vector<double>& mean) {
    const std::size_t size = graph.size(bias);
    return graph.add(name, std::make_unique<FoldMean>(bias, weights, graph.next(), mean, size), {bias, weights}, size);
}

Var norm_scale(Graph& graph, const std::string& name, Var gamma, Var statistics, double epsilon) {
    const std::size_t size = graph.size(gamma);
    return graph.add(name, std::make_unique<NormScale>(gamma, statistics, graph.next(), epsilon, size),
                     {gamma, statistics}, size);
}

Var scale_columns(Graph& graph, const std::string& name, Var weights, Var scale) {
    const std::size_t columns = graph.size(scale), size = graph.size(weights);
    return graph.add(name, std::make_unique<ScaleColumns>(weights, scale, graph.next(), size / columns, columns),
                     {weights, scale}, size);
}

Var norm_shift(Graph& graph, const std::string& name, Var bias, Var statistics, Var scale) {
    const std::size_t size = graph.size(bias);
    return graph.add(name, std::make_unique<NormShift>(bias, statistics, scale, graph.next(), size),
                     {bias, statistics, scale}, size);
}

} // namespace bitgrain::nn
