// Register blocks: two vectors of columns times some rows of y stay in registers over the whole depth. Measured on Zen
// 5 (AVX-512, jet network): 2 x 8 sums reach 250 GFLOP/s, 4 x 4 205, 1 x 16 215, Eigen's product of large matrices 190.
#include "nn/graph/product.hpp"

#include <cstdint>
#include <type_traits>

namespace bitgrain::nn {

namespace {

/// Bytes of a vector register of the machine compiled for.
#if defined(__AVX512F__)
constexpr std::size_t vector_bytes = 64;
#elif defined(__AVX__)
constexpr std::size_t vector_bytes = 32;
#else
constexpr std::size_t vector_bytes = 16;
#endif

/// A vector register of T, and the same anywhere in memory. (GCC's and Clang's vector extension: one source for every
/// machine.)
template <class T>
struct Simd {
    using Vector [[gnu::vector_size(vector_bytes)]] = T;
    using Memory [[gnu::vector_size(vector_bytes), gnu::aligned(alignof(T)), gnu::may_alias]] = T;
    using Index [[gnu::vector_size(vector_bytes)]] = std::conditional_t<sizeof(T) == 4, std::int32_t, std::int64_t>;
    static constexpr std::size_t size = vector_bytes / sizeof(T);

    static Vector load(const T* from) { return *reinterpret_cast<const Memory*>(from); }
    static void store(T* to, Vector value) { *reinterpret_cast<Memory*>(to) = value; }
};

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
                sums[i][v] += column[v] * weight;
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
    // Butterfly: exchanging the off-diagonal squares of side n/2, n/4, ..., 1.
    const auto exchange = [](typename S::Vector& a, typename S::Vector& b, auto side) {
        typename S::Index low{}, high{};
#pragma GCC unroll 16
        for (std::size_t j = 0; j < n; ++j) {
            const bool second = (j & side()) != 0;
            low[j] = static_cast<decltype(low[0] + 0)>(second ? n + j - side() : j);
            high[j] = static_cast<decltype(low[0] + 0)>(second ? n + j : j + side());
        }
        const typename S::Vector first = __builtin_shuffle(a, b, low);
        b = __builtin_shuffle(a, b, high);
        a = first;
    };
    for (std::size_t r = 0; r < rows; r += n) {
        for (std::size_t c = 0; c < columns; c += n) {
            typename S::Vector square[n];
#pragma GCC unroll 16
            for (std::size_t i = 0; i < n; ++i)
                square[i] = S::load(from + (r + i) * from_stride + c);
            const auto stage = [&](auto side) {
                if constexpr (side() < n) {
#pragma GCC unroll 16
                    for (std::size_t i = 0; i < n; ++i) {
                        if ((i & side()) == 0) exchange(square[i], square[i + side()], side);
                    }
                }
            };
            stage(std::integral_constant<std::size_t, 8>{});
            stage(std::integral_constant<std::size_t, 4>{});
            stage(std::integral_constant<std::size_t, 2>{});
            stage(std::integral_constant<std::size_t, 1>{});
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
