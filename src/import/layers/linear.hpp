// What all layers with a constant matrix share: blocks of products, their EBOPs, kernel and bias quantisation.
#pragma once

#include "import/context.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace bitgrain::import {

/// Blocks of a linear layer for any kernel-shaped list of numbers: weights, or the widths for EBOPs.
/// `bias` has one number per output element.
using BlocksOf = std::function<std::vector<Block>(const std::vector<double>& kernel, const std::vector<double>& bias)>;

struct Linear {
    BlocksOf blocks;
    std::vector<std::size_t> output_shape;
    Array kernel;              ///< to be quantised
    std::optional<Array> bias; ///< broadcasts to the output
    std::size_t positions = 1; ///< output positions that share the kernel
    std::size_t bias_uses = 0; ///< how often EBOPs count the mean bias width; 0: once per output
    bool bias_shared = true;   ///< the bias term shrinks with parallelization_factor
};

/// x is quantised, kernel and bias are quantised, products summed, activation, output quantizer, EBOPs.
Tensor linear(Context& context, const Linear& layer);

/// Sum over all products of input width and weight width.
double product_bits(const std::vector<Block>& widths, const std::vector<double>& input_bits);

/// Keys of initialisers, regularisers and constraints.
void ignore_training(Context& context);

} // namespace bitgrain::import
