// EBOPs, effective bit operations: the resource term of the loss, from the present widths (method, section 6, HGQ2's
// counter: the sign is not counted, weights count their declared bits).
#pragma once

#include "nn/graph/run.hpp"

#include <cstddef>
#include <vector>

namespace bitgrain::nn {

/// The cost of one layer.
struct CostTerm {
    enum class Kind : std::uint8_t {
        dense, ///< sum B_x[j] * B_w[j][o] + mean(B_b) * outputs; operands: x, kernel, bias (optional)
        add,   ///< 0.65 * sum over elements of (sum of B - min of B); operands: the inputs
    };
    Kind kind = Kind::dense;
    std::vector<std::size_t> quantizers; ///< numbers in Graph::quantizers()
    std::vector<Var> width_vars;         ///< of these quantizers: the Vars that get the gradient
    std::size_t outputs = 0;             ///< dense
    double beta_factor = 1.0;            ///< of this layer: how much stronger than the others it is pressed to shrink

    double evaluate(const Graph& graph, const Parameters& parameters) const;
    /// Adds beta * dEBOPs/dwidth to the gradients of the width Vars (f for WRAP, b for SAT). Widths of zero get none.
    /// Returns the EBOPs.
    template <class T>
    double add_gradient(Run<T>& run, double beta) const;

  private:
    double total(const std::vector<std::vector<float>>& bits) const;
};

} // namespace bitgrain::nn
