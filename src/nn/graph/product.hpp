// The one matrix product of a tile, for operands that lie in the first caches already: nothing is packed or copied.
//
//     y[m][c] (+)= sum over k of x[k][c] * w[k * w_step + m * w_row],    m < rows, k < depth, c < columns
//
// x and y are row-major with `columns` contiguous; w is read one number at a time and multiplies a whole vector of x.
// An affine op is three of these: columns are the lanes of a tile for the output and for the gradient of the input, and
// the outputs for the gradient of the kernel. The terms of a sum are added in ascending k, whatever the vector length,
// the block or the place in memory.
#pragma once

#include <cstddef>

namespace bitgrain::nn {

/// Most numbers of T in a vector on any machine: columns are padded to a multiple of this.
template <class T>
inline constexpr std::size_t widest_vector = 64 / sizeof(T);
template <class T>
constexpr std::size_t padded(std::size_t size) {
    return (size + widest_vector<T> - 1) / widest_vector<T> * widest_vector<T>;
}

template <class T>
struct Product {
    std::size_t rows, depth, columns; ///< columns: a multiple of widest_vector
    const T* x;
    std::size_t x_stride; ///< from one k to the next
    const T* w;
    std::size_t w_step, w_row;
    T* y;
    std::size_t y_stride; ///< from one m to the next
};

/// What the sums start from.
enum class Start {
    zero,
    bias, ///< start[m]
    y,    ///< the sum is added to y. Rows of y may overlap in columns where x is zero: they are written in order.
};

template <class T>
void multiply(const Product<T>& product, Start start, const T* bias = nullptr);

/// to[c][r] = from[r][c]; rows and columns are multiples of widest_vector.
template <class T>
void transpose(std::size_t rows, std::size_t columns, const T* from, std::size_t from_stride, T* to,
               std::size_t to_stride);

} // namespace bitgrain::nn
