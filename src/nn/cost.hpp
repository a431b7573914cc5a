// EBOPs, effective bit operations: the resource term of the loss, from the present widths (method, section 6, HGQ2's
// counter: the sign is not counted, weights count their declared bits).
#pragma once

#include "nn/graph/run.hpp"
#include "nn/graph/windows.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitgrain::nn {

/// The cost of one layer.
struct CostTerm {
    enum class Kind : std::uint8_t {
        kernel, ///< sum over positions of B_x * B_w, + mean(B_b) * all outputs; operands: x, kernel, bias (optional)
        // Of values with values: factor * the sum over groups of elements of ...
        all,           ///< the sum of their B
        all_but_least, ///< the sum without the smallest (the first among equals)
        greatest,      ///< the largest (the first among equals)
        product,       ///< their product
        table,         ///< 2 to the first times the second: entries of a table and bits of each
    };
    Kind kind = Kind::kernel;
    std::vector<std::size_t> quantizers; ///< numbers in Graph::quantizers()
    std::vector<Var> width_vars;         ///< of these quantizers: the Vars that get the gradient
    double beta_factor = 1.0;            ///< of this layer: how much stronger than the others it is pressed to shrink

    std::size_t outputs = 0; ///< kernel: of a position
    Windows windows;         ///< kernel

    struct Member {
        std::uint32_t operand = 0, element = 0;
    };
    double factor = 1.0;
    std::size_t group_size = 1;
    std::vector<Member> groups; ///< one group behind the other

    double evaluate(const Graph& graph, const Parameters& parameters) const;
    /// Adds beta * dEBOPs/dwidth to the gradients of the width Vars (f for WRAP, b for SAT). Widths of zero get none.
    /// Returns the EBOPs.
    template <class T>
    double add_gradient(Run<T>& run, double beta) const;

    /// kernel: d EBOPs / d bit of each weight of a row, from the bits of x.
    std::vector<float> price_of_row(const std::vector<float>& x_bits) const;
    /// kernel: d EBOPs / d bit of each element of x, from the bits of the kernel.
    std::vector<float> price_of_input(const std::vector<float>& kernel_bits, std::size_t inputs) const;

  private:
    /// kernel: EBOPs of one bit of a bias.
    double bias_share(std::size_t biases) const {
        return static_cast<double>(windows.positions() * outputs) / static_cast<double>(biases);
    }
    double total(const std::vector<std::vector<float>>& bits) const;
    template <class Visit>
    void each_group(const std::vector<std::vector<float>>& bits, const Visit& visit) const;
};

/// HGQ2's weight of an explicit addition.
inline constexpr double addition_factor = 0.65;
/// HGQ2's weight of a bit in a table.
inline constexpr double table_factor = 1e-4;

} // namespace bitgrain::nn
