// How the task loss curves in the weights and biases of a trained network: the empirical Fisher, from the gradients of
// batches. Its diagonal for every parameter; for what feeds the same output of a layer also what lies beside it, since
// there one constant can take over what another one leaves (optimal brain surgeon, Hassibi and Stork, 1993).
#pragma once

#include "nn/engine.hpp"
#include "nn/network.hpp"

#include <span>
#include <vector>

namespace bitgrain::nn {

/// What feeds one output of a layer with a kernel.
struct Column {
    const KernelParts* layer = nullptr;
    /// Indices in Parameters::values(): the weights by input, then the bias, if any.
    std::vector<std::size_t> parameters;
    /// Positions in `parameters`: weights that are not zero (of huge layers none), and the bias.
    std::vector<std::size_t> partners;
    std::vector<double> joint; ///< curvature in two of them: parameters x partners

    bool is_bias(std::size_t position) const { return layer->bias && position + 1 == parameters.size(); }
};

struct Curvature {
    std::vector<double> gradient, diagonal; ///< of the mean loss over the rows, per parameter
    std::vector<Column> columns;
};

/// Over the rows in `order`. The engine has seen the present parameters last. They are as before afterwards.
Curvature curvature(Network& network, Engine<float>& engine, const Rows<float>& rows,
                    std::span<const std::uint32_t> order, const Loss& loss);

} // namespace bitgrain::nn
