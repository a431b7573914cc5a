#include "nn/graph/live_weights.hpp"

#include "nn/graph/simd.hpp"

namespace bitgrain::nn {

namespace {

/// Below this share of live weights zeros are skipped. A live weight costs more than one of a dense product, which
/// loads a row once for eight outputs, and the lists are made once per step.
constexpr double few_share = 0.5;

template <std::size_t vectors, class T>
void row(const LiveRows<T>& w, std::size_t m, std::size_t columns, const T* x, T* y, Start how, T first) {
    using S = Simd<T>;
    typename S::Vector sums[vectors];
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v)
        sums[v] = typename S::Vector{} + first;
    for (std::size_t n = w.start[m]; n < w.start[m + 1]; ++n) {
        const T* from = x + w.index[n] * columns;
        const T weight = w.weight[n];
#pragma GCC unroll 4
        for (std::size_t v = 0; v < vectors; ++v)
            sums[v] = S::multiply_add(S::load(from + v * S::size), weight, sums[v]);
    }
#pragma GCC unroll 4
    for (std::size_t v = 0; v < vectors; ++v) {
        T* to = y + m * columns + v * S::size;
        S::store(to, how == Start::y ? S::load(to) + sums[v] : sums[v]);
    }
}

} // namespace

template <class T>
void LiveRows<T>::multiply(std::size_t columns, const T* x, T* y, Start how, const T* bias) const {
    constexpr std::size_t size = Simd<T>::size;
    for (std::size_t m = 0; m < rows(); ++m) {
        const T first = how == Start::bias ? bias[m] : T(0);
        std::size_t c = 0;
        for (; c + 4 * size <= columns; c += 4 * size)
            row<4>(*this, m, columns, x + c, y + c, how, first);
        for (; c < columns; c += size)
            row<1>(*this, m, columns, x + c, y + c, how, first);
    }
}

template <class T>
void LiveWeights<T>::find(std::size_t in, std::size_t out, const T* weights) {
    std::size_t live = 0;
    for (std::size_t k = 0; k < in * out; ++k)
        live += weights[k] != T(0) ? 1 : 0;
    few = static_cast<double>(live) < few_share * static_cast<double>(in * out);
    if (!few) return;
    for (LiveRows<T>* rows : {&of_output, &of_input}) {
        rows->index.resize(live + 1); // one more: below, every weight is written, and only live ones stay
        rows->weight.resize(live + 1);
    }
    of_input.start.assign(in + 1, 0);
    of_output.start.assign(out + 1, 0);
    std::uint32_t n = 0;
    for (std::size_t i = 0; i < in; ++i) {
        for (std::size_t o = 0; o < out; ++o) {
            const T weight = weights[i * out + o];
            of_input.index[n] = static_cast<std::uint32_t>(o);
            of_input.weight[n] = weight;
            n += weight != T(0) ? 1 : 0;
        }
        of_input.start[i + 1] = n;
    }
    for (std::uint32_t k = 0; k < n; ++k)
        ++of_output.start[of_input.index[k] + 1];
    for (std::size_t o = 0; o < out; ++o)
        of_output.start[o + 1] += of_output.start[o];
    std::vector<std::uint32_t> next(of_output.start.begin(), of_output.start.end() - 1);
    for (std::size_t i = 0; i < in; ++i) {
        for (std::uint32_t k = of_input.start[i]; k < of_input.start[i + 1]; ++k) {
            const std::uint32_t to = next[of_input.index[k]]++;
            of_output.index[to] = static_cast<std::uint32_t>(i);
            of_output.weight[to] = of_input.weight[k];
        }
    }
}

template struct LiveRows<float>;
template struct LiveRows<double>;
template struct LiveWeights<float>;
template struct LiveWeights<double>;

} // namespace bitgrain::nn
