#include "nn/loss.hpp"

#include "nn/engine.hpp"
#include "nn/power_of_two.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace bitgrain::nn {

namespace {

template <class T>
T weight_of(const Rows<T>& data, std::uint32_t row) {
    return data.weights.empty() ? T(1) : data.weights[row];
}

/// e^x for x <= 0. In float a polynomial on [-ln2/2, ln2/2] (S. Moshier's Cephes library, expf; error below 2 units in
/// the last place), which compilers turn into vector instructions.
inline double exponential(double x) {
    return std::exp(x);
}
inline float exponential(float x) {
    const float inside = x > -87.0F ? x : -87.0F; // below, 2^n would leave the normal numbers
    const float n = std::floor(inside * std::numbers::log2e_v<float> + 0.5F);
    const float r = (inside - n * 0.693359375F) + n * 2.12194440e-4F; // ln2 in two parts
    float p = 1.9875691500e-4F;
    for (const float coefficient :
         {1.3981999507e-3F, 8.3334519073e-3F, 4.1665795894e-2F, 1.6666665459e-1F, 5.0000001201e-1F})
        p = p * r + coefficient;
    return (p * r * r + r + 1.0F) * power_of_two<float>(static_cast<int>(n));
}

/// All lanes at once; those without a row have the weight 0, and so their gradients.
template <class T>
LossResult cross_entropy(const Rows<T>& data, std::span<const std::uint32_t> rows, T share, T smoothing,
                         std::size_t outputs, std::size_t lanes, const T* __restrict z, T* __restrict dz) {
    const T every_class = smoothing / static_cast<T>(outputs);
    alignas(64) T top[tile_rows], sum[tile_rows], all_logits[tile_rows], weight[tile_rows] = {};
    alignas(64) std::int32_t best[tile_rows] = {};
    for (std::size_t r = 0; r < rows.size(); ++r)
        weight[r] = share * weight_of(data, rows[r]);
    std::copy_n(z, lanes, top);
    std::fill_n(sum, lanes, T(0));
    std::copy_n(z, lanes, all_logits);
    for (std::size_t o = 1; o < outputs; ++o) {
        for (std::size_t r = 0; r < lanes; ++r) {
            const bool higher = z[o * lanes + r] > top[r];
            top[r] = higher ? z[o * lanes + r] : top[r];
            best[r] = higher ? static_cast<std::int32_t>(o) : best[r];
            all_logits[r] += z[o * lanes + r];
        }
    }
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t r = 0; r < lanes; ++r) {
            const T power = exponential(z[o * lanes + r] - top[r]);
            dz[o * lanes + r] = power;
            sum[r] += power;
        }
    }
    for (std::size_t o = 0; o < outputs; ++o) {
        for (std::size_t r = 0; r < lanes; ++r)
            dz[o * lanes + r] = dz[o * lanes + r] * (weight[r] / sum[r]) - weight[r] * every_class;
    }
    LossResult result;
    for (std::size_t r = 0; r < rows.size(); ++r) {
        const auto label = static_cast<std::size_t>(data.labels[rows[r]]);
        dz[label * lanes + r] -= weight[r] * (T(1) - smoothing);
        const T wanted = (T(1) - smoothing) * z[label * lanes + r] + every_class * all_logits[r];
        result.loss += static_cast<double>(weight_of(data, rows[r]) * (std::log(sum[r]) + top[r] - wanted));
        result.correct += static_cast<std::size_t>(best[r]) == label ? 1 : 0;
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
               ? cross_entropy(data, rows, share, static_cast<T>(smoothing), outputs, lanes, output, gradient)
               : squared_error(data, rows, share, target_weights, outputs, lanes, output, gradient);
}

template LossResult Loss::apply(const Rows<float>&, std::span<const std::uint32_t>, std::size_t, std::size_t,
                                const float*, float*) const;
template LossResult Loss::apply(const Rows<double>&, std::span<const std::uint32_t>, std::size_t, std::size_t,
                                const double*, double*) const;

} // namespace bitgrain::nn
