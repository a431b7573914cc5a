// Task losses and their gradients on one tile, rows and targets weighted. Softmax cross-entropy works on logits: no
// softmax is part of the network.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::nn {

template <class T>
struct Rows;

struct LossResult {
    double loss = 0.0;       ///< sum over the tile's rows
    std::size_t correct = 0; ///< rows whose largest output (the first among equals) is the label's
};

struct Loss {
    enum class Kind : std::uint8_t { cross_entropy, squared_error };
    Kind kind = Kind::cross_entropy;
    std::size_t outputs = 1;
    double smoothing = 0.0; ///< cross-entropy: share of the label that is spread over all classes (arXiv 1512.00567)
    std::vector<double> target_weights = {}; ///< squared error: of the outputs, mean 1; empty: all 1

    /// output, gradient: element-major tiles of `lanes` rows. The gradient is of the mean over batch_rows; rows beyond
    /// the tile's get zero.
    template <class T>
    LossResult apply(const Rows<T>& data, std::span<const std::uint32_t> rows, std::size_t batch_rows,
                     std::size_t lanes, const T* output, T* gradient) const;
};

} // namespace bitgrain::nn
