// Register blocks: two vectors of columns times some rows of y stay in registers over the whole depth. Measured on Zen
// 5 (AVX-512, jet network): 2 x 8 sums reach 250 GFLOP/s, 4 x 4 205, 1 x 16 215, Eigen's product of large matrices 190.
#include "nn/graph/product.hpp"

#include "nn/graph/simd.hpp"

namespace bitgrain::nn {

namespace {

constexpr std::size_t block_vectors = 2, block_rows = vector_bytes == 64 ? 8 : 4; // half of the registers are sums

/// `rows` rows of y from m on, `vectors` vectors of columns from c on.
template <std::size_t vectors, std::size_t rows, class T>
void block(const Product<T>& p, Start start, const T* bias, std::size_t m, std::size_t c) {
    using S = Simd<T>;
    typename S::Vector sums[rows][vectors];
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            sums[i][v] = typename S::Vector{} + (start == Start::bias ? bias[m + i] : T(0));
    }
    const T* x = p.x + c;
    const T* w = p.w + m * p.w_row;
    for (std::size_t k = 0; k < p.depth; ++k, x += p.x_stride, w += p.w_step) {
        typename S::Vector column[vectors];
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            column[v] = S::load(x + v * S::size);
#pragma GCC unroll 8
        for (std::size_t i = 0; i < rows; ++i) {
            const T weight = w[i * p.w_row];
#pragma GCC unroll 2
            for (std::size_t v = 0; v < vectors; ++v)
                sums[i][v] = S::multiply_add(column[v], weight, sums[i][v]);
        }
    }
#pragma GCC unroll 8
    for (std::size_t i = 0; i < rows; ++i) {
        T* y = p.y + (m + i) * p.y_stride + c;
#pragma GCC unroll 2
        for (std::size_t v = 0; v < vectors; ++v)
            S::store(y + v * S::size, start == Start::y ? S::load(y + v * S::size) + sums[i][v] : sums[i][v]);
    }
}

/// All rows from m on of some vectors of columns: blocks of `rows` rows, then smaller ones.
template <std::size_t vectors, std::size_t rows, class T>
void all_rows(const Product<T>& p, Start start, const T* bias, std::size_t m, std::size_t c) {
    for (; m + rows <= p.rows; m += rows)
        block<vectors, rows>(p, start, bias, m, c);
    if constexpr (rows > 1) {
        if (m < p.rows) all_rows<vectors, rows / 2>(p, start, bias, m, c);
    }
}

template <std::size_t vectors, class T>
void all_columns(const Product<T>& p, Start start, const T* bias, std::size_t c) {
    constexpr std::size_t width = vectors * Simd<T>::size;
    for (; c + width <= p.columns; c += width)
        all_rows<vectors, block_rows>(p, start, bias, 0, c);
    if constexpr (vectors > 1) {
        if (c < p.columns) all_columns<vectors / 2>(p, start, bias, c);
    }
}

/// Butterfly of a transposition: exchanges the off-diagonal squares of this side, then those within.
template <class T, std::size_t side>
void exchange_squares(typename Simd<T>::Vector (&rows)[Simd<T>::size]) {
    constexpr std::size_t n = Simd<T>::size;
#pragma GCC unroll 16
    for (std::size_t i = 0; i < n; ++i) {
        if ((i & side) != 0) continue;
        const auto a = rows[i], b = rows[i + side];
        [&]<std::size_t... k>(std::index_sequence<k...>) {
            rows[i] = __builtin_shufflevector(a, b, ((k & side) != 0 ? n + k - side : k)...);
            rows[i + side] = __builtin_shufflevector(a, b, ((k & side) != 0 ? n + k : k + side)...);
        }
        (std::make_index_sequence<n>{});
    }
    if constexpr (side > 1) exchange_squares<T, side / 2>(rows);
}

} // namespace

template <class T>
void multiply(const Product<T>& product, Start start, const T* bias) {
    all_columns<block_vectors>(product, start, bias, 0);
}

template <class T>
void transpose(std::size_t rows, std::size_t columns, const T* from, std::size_t from_stride, T* to,
               std::size_t to_stride) {
    using S = Simd<T>;
    constexpr std::size_t n = S::size;
    for (std::size_t r = 0; r < rows; r += n) {
        for (std::size_t c = 0; c < columns; c += n) {
            typename S::Vector square[n];
#pragma GCC unroll 16
            for (std::size_t i = 0; i < n; ++i)
                square[i] = S::load(from + (r + i) * from_stride + c);
            exchange_squares<T, n / 2>(square);
#pragma GCC unroll 16
            for (std::size_t i = 0; i < n; ++i)
                S::store(to + (c + i) * to_stride + r, square[i]);
        }
    }
}

template void multiply(const Product<float>&, Start, const float*);
template void multiply(const Product<double>&, Start, const double*);
template void transpose(std::size_t, std::size_t, const float*, std::size_t, float*, std::size_t);
template void transpose(std::size_t, std::size_t, const double*, std::size_t, double*, std::size_t);

} // namespace bitgrain::nn
