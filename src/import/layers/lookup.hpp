// HGQ-LUT layers: every edge from an input to an output owns a function of one number, a small network in training and
// a table in hardware (method, section 11): y_o = act(sum_j Q_out(g_jo(Q_in(x_j)))).
#pragma once

#include "import/context.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::import {

/// Which edges there are, in the order of the stored widths.
struct Edges {
    std::vector<std::size_t> shape;     ///< of the edges
    std::vector<std::int64_t> inputs;   ///< input element of each edge, -1: the zero of a padding
    std::vector<std::size_t> outputs;   ///< output element that each edge is summed into
    std::vector<std::size_t> out_shape; ///< of the outputs
    std::size_t positions = 1;          ///< output positions that share the functions
};

/// The functions g. Leading axes of all arrays fit the last axes of the edges.
struct Functions {
    struct Stage {
        Array kernel;              ///< ..., from, to
        std::optional<Array> bias; ///< ..., to
    };
    std::vector<Stage> stages;
    struct Norm {
        std::vector<double> factor, shift; ///< one per edge: the function's value is scaled and shifted
    };
    std::optional<Norm> norm;
};

/// Keys and variables of the batch norm of the functions' values; `along` fits a stored array to the
/// edges, `before` stands before "gamma" and "beta".
Functions::Norm read_norm(Context& context, const std::map<std::string, Array>& stored, const std::string& before,
                          const Edges& edges, const std::function<Array(const Array&)>& along);

/// Everything but reading the functions: input quantizer, tables, sums, activation, output quantizer, EBOPs.
Tensor lookup(Context& context, const Edges& edges, const Functions& functions);

} // namespace bitgrain::import
