// Einstein summation with a constant operand, "bnc,cC->bnC": which inputs meet which kernel entries.
#pragma once

#include "import/context.hpp"

#include <map>
#include <string>
#include <vector>

namespace bitgrain::import {

class Equation {
  public:
    /// Shapes without the batch axis. Error when the text and the shapes cannot be matched.
    Equation(const std::string& text, const std::vector<std::size_t>& input, const std::vector<std::size_t>& kernel,
             const std::string& where);

    const std::vector<std::size_t>& output_shape() const { return output_shape_; }
    /// Output positions that share the kernel.
    std::size_t positions() const;
    std::vector<Block> blocks(const std::vector<double>& kernel, const std::vector<double>& bias) const;
    /// True when the axis is one of the kernel and of the output.
    bool is_kernel_output(char letter) const;
    /// For each kernel entry the first output element that it contributes to.
    std::vector<std::size_t> outputs_of_kernel() const;

    /// Every product by itself. Axes: those of the input, then those that only the kernel has.
    struct Edges {
        std::vector<std::size_t> shape;
        std::vector<std::int64_t> inputs; ///< input element of each edge
        std::vector<std::int64_t> kernel; ///< kernel element of each edge
        std::vector<std::size_t> outputs; ///< output element that each edge is summed into
    };
    Edges edges() const;
    /// An array with the axes `axes`, then others, for the edges: axes in their order, of size 1 where it has none.
    Array along_edges(const Array& array, const std::string& axes, const std::string& where) const;
    const std::string& kernel_axes() const { return kernel_; }

  private:
    std::size_t extent(const std::string& letters) const;
    std::string edge_axes() const;
    /// Strides of `letters` inside a tensor with axes `axes`; 0 where it has no such axis.
    std::size_t index(const std::string& axes, const std::map<char, std::size_t>& position) const;

    std::string input_, kernel_, output_; ///< axes without the batch
    std::string shared_, summed_, made_;  ///< in input and output; input only; output only
    std::map<char, std::size_t> extents_;
    std::vector<std::size_t> output_shape_;
};

} // namespace bitgrain::import
