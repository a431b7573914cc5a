// The weights of a kernel that are not zero, for products that skip the others. They give the same sums, bit for bit:
// the terms keep their order, and what is left out is zero.
#pragma once

#include "nn/graph/product.hpp"

#include <cstdint>
#include <vector>

namespace bitgrain::nn {

/// y[m][c] (+)= sum over the live weights of row m of x[index][c] * weight
template <class T>
struct LiveRows {
    std::vector<std::uint32_t> start; ///< of each row in the other two, and the end
    std::vector<std::uint32_t> index;
    std::vector<T> weight;

    std::size_t rows() const { return start.size() - 1; }
    /// x and y: rows of `columns` (a multiple of widest_vector) numbers, one behind the other.
    void multiply(std::size_t columns, const T* x, T* y, Start how, const T* bias = nullptr) const;
};

template <class T>
struct LiveWeights {
    bool few = false;                ///< so few that it pays to skip the others; else the rows are not kept
    LiveRows<T> of_output, of_input; ///< a row per output with indices of inputs, and the other way round

    /// weights: [in][out] row-major
    void find(std::size_t in, std::size_t out, const T* weights);
};

} // namespace bitgrain::nn
