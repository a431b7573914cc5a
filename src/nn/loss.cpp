#include "nn/loss.hpp"

#include "nn/engine.hpp"

#include <cmath>

namespace bitgrain::nn {

namespace {

template <class T>
T weight_of(const Rows<T>& data, std::uint32_t row) {
    return data.weights.empty() ? T(1) : data.weights[row];
}

template <class T>
LossResult cross_entropy(const Rows<T>& data, std::span<const std::uint32_t> rows, T share, std::size_t outputs,
                         std::size_t lanes, const T* z, T* dz) {
    LossResult result;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const T row_weight = weight_of(data, rows[r]), weight = share * row_weight;
        const auto label = static_cast<std::size_t>(data.labels[rows[r]]);
        std::size_t best = 0;
        for (std::size_t o = 1; o < outputs; ++o) {
            if (z[o * lanes + r] > z[best * lanes + r]) best = o;
        }
        const T top = z[best * lanes + r];
        T sum = 0;
        for (std::size_t o = 0; o < outputs; ++o) {
            const T power = std::exp(z[o * lanes + r] - top);
            dz[o * lanes + r] = power;
            sum += power;
        }
        for (std::size_t o = 0; o < outputs; ++o)
            dz[o * lanes + r] *= weight / sum;
        dz[label * lanes + r] -= weight;
        result.loss += static_cast<double>(row_weight * (std::log(sum) + top - z[label * lanes + r]));
        result.correct += best == label ? 1 : 0;
    }
    return result;
}

template <class T>
LossResult squared_error(const Rows<T>& data, std::span<const std::uint32_t> rows, T share,
                         const std::vector<double>& target_weights, std::size_t outputs, std::size_t lanes, const T* z,
                         T* dz) {
    LossResult result;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const T row_weight = weight_of(data, rows[r]) / static_cast<T>(outputs);
        T sum = 0;
        for (std::size_t o = 0; o < outputs; ++o) {
            const T error = z[o * lanes + r] - data.targets[rows[r] * outputs + o];
            const T weight = target_weights.empty() ? row_weight : row_weight * static_cast<T>(target_weights[o]);
            dz[o * lanes + r] = T(2) * error * share * weight;
            sum += weight * error * error;
        }
        result.loss += static_cast<double>(sum);
    }
    return result;
}

} // namespace

template <class T>
LossResult Loss::apply(const Rows<T>& data, std::span<const std::uint32_t> rows, std::size_t batch_rows,
                       std::size_t lanes, const T* output, T* gradient) const {
    const T share = T(1) / static_cast<T>(batch_rows);
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t r = rows.size(); r < lanes; ++r)
            gradient[o * lanes + r] = T(0);
    }
    return kind == Kind::cross_entropy
               ? cross_entropy(data, rows, share, outputs, lanes, output, gradient)
               : squared_error(data, rows, share, target_weights, outputs, lanes, output, gradient);
}

template LossResult Loss::apply(const Rows<float>&, std::span<const std::uint32_t>, std::size_t, std::size_t,
                                const float*, float*) const;
template LossResult Loss::apply(const Rows<double>&, std::span<const std::uint32_t>, std::size_t, std::size_t,
                                const double*, double*) const;

} // namespace bitgrain::nn
