// Mean and variance over the rows of a batch, and over the positions that share a kernel. The result is shared and
// belongs to the next phase; the op itself works on tiles twice: forward it adds up sums, backward it spreads the
// gradients of mean and variance over the rows. The gradients flow through both (they are not detached; method, section
// 9).
#include "nn/graph/statistics.hpp"

#include "nn/graph/ops.hpp"

#include <algorithm>

namespace bitgrain::nn {

template <class T>
void BatchStatistics::accumulate(Run<T>& run) const {
    const T* z = run.value(z_);
    double* sums = run.sums->data() + sums_offset_;
    for (std::size_t k = 0; k < positions_ * size_; ++k) {
        double sum = 0.0, squares = 0.0;
        for (std::size_t r = 0; r < run.rows; ++r) {
            const double value = z[k * run.lanes + r];
            sum += value;
            squares += value * value;
        }
        sums[k % size_] += sum;
        sums[size_ + k % size_] += squares;
    }
}

template <class T>
void BatchStatistics::spread(Run<T>& run, const T* shared_gradient) const {
    const T* z = run.value(z_);
    const T* mean = run.value(y_);
    const T* dmean = shared_gradient + run.gradient_offset[y_.id];
    const T* dvariance = dmean + size_;
    T* dz = run.gradient(z_);
    const T n = static_cast<T>(run.batch_rows * positions_);
    for (std::size_t i = 0; i < positions_ * size_; ++i) {
        const std::size_t e = i % size_;
        for (std::size_t r = 0; r < run.lanes; ++r) {
            const std::size_t k = i * run.lanes + r;
            const T gradient = r < run.rows ? dmean[e] / n + dvariance[e] * T(2) * (z[k] - mean[e]) / n : T(0);
            dz[k] = run.sets(z_) ? gradient : dz[k] + gradient;
        }
    }
}

template <class T>
void BatchStatistics::finish(Run<T>& run, const double* sums) const {
    T* y = run.value(y_);
    const double n = static_cast<double>(run.batch_rows * positions_);
    for (std::size_t e = 0; e < size_; ++e) {
        const double mean = sums[e] / n;
        const double variance = std::max(sums[size_ + e] / n - mean * mean, 0.0);
        y[e] = static_cast<T>(mean);
        y[size_ + e] = static_cast<T>(variance);
    }
    if (run.tracked == nullptr) return;
    const auto moving = run.tracked->slice(moving_slice_);
    const auto keep = static_cast<float>(momentum_);
    for (std::size_t e = 0; e < 2 * size_; ++e)
        moving[e] = keep * moving[e] + (1.0F - keep) * static_cast<float>(y[e]);
}

template <class T>
void BatchStatistics::moving(Run<T>& run) const {
    const auto values = run.parameters->slice(moving_slice_);
    std::copy(values.begin(), values.end(), run.value(y_));
}

void BatchStatistics::forward(Run<float>& run) const {
    moving(run);
}
void BatchStatistics::forward(Run<double>& run) const {
    moving(run);
}

template void BatchStatistics::accumulate(Run<float>&) const;
template void BatchStatistics::accumulate(Run<double>&) const;
template void BatchStatistics::spread(Run<float>&, const float*) const;
template void BatchStatistics::spread(Run<double>&, const double*) const;
template void BatchStatistics::finish(Run<float>&, const double*) const;
template void BatchStatistics::finish(Run<double>&, const double*) const;

Var batch_statistics(Graph& graph, const std::string& name, Var z, std::size_t channels, std::size_t moving_slice,
                     double momentum) {
    auto op = std::make_unique<BatchStatistics>(z, graph.next(), moving_slice, momentum, channels,
                                                graph.size(z) / channels, graph.reserve_sums(2 * channels));
    return graph.add_statistics(name, std::move(op), z, 2 * channels);
}

} // namespace bitgrain::nn
