// The numbers of a running graph, as an op sees them: values and gradients of its Vars for one tile of rows.
#pragma once

#include "fx/format.hpp"
#include "nn/graph/graph.hpp"
#include "nn/graph/live_weights.hpp"

#include <cstddef>
#include <span>
#include <vector>

namespace bitgrain::nn {

enum class Mode {
    train,       ///< fake quantisation, batch statistics
    unquantised, ///< no quantisation, batch statistics: the float network
    calibrate,   ///< fake quantisation without wrapping, moving statistics, ranges recorded
    infer,       ///< exact formats, wrapping and saturating; moving statistics
};

/// Extremes of the quantised (calibrate, train) values of every group of every quantizer; lo > hi: nothing seen.
template <class T>
struct Ranges {
    std::vector<T> lo, hi;
    static constexpr T nothing = std::numeric_limits<T>::infinity(); ///< lo; hi: -nothing
    void reset(std::size_t size) {
        lo.assign(size, nothing);
        hi.assign(size, -nothing);
    }
};

/// Sums over rows of a statistics op's input, kept in double: [sum, sum of squares] per element.
using Sums = std::vector<double>;

template <class T>
struct Run {
    const Graph* graph = nullptr;
    Mode mode = Mode::train;
    std::size_t rows = 0;  ///< valid rows of this tile
    std::size_t lanes = 0; ///< rows that are computed, and the stride of an element: the others repeat the last one
    std::size_t batch_rows = 0; ///< of the whole step
    const Parameters* parameters = nullptr;
    T* parameter_gradient = nullptr; ///< flat like Parameters::values; shared ops only
    Parameters* tracked = nullptr;   ///< where shared ops of a training step put moving statistics; null: nowhere

    const std::size_t* offset = nullptr;             ///< per Var, in elements of its storage
    const std::size_t* gradient_offset = nullptr;    ///< the same of gradients
    const std::vector<bool>* set_gradient = nullptr; ///< per Var: see sets()
    T* shared_values = nullptr;
    T* shared_gradients =
        nullptr; ///< of this slot while tiles run (those that come from tiles), of the whole step while shared ops run
    T* tile_values = nullptr;
    T* tile_gradients = nullptr;
    LiveWeights<T>* live_weights = nullptr;                    ///< per Var: of the kernel of an affine op
    T* scratch = nullptr;                                      ///< padded(size of the largest Var) x lanes
    Ranges<T>* ranges = nullptr;                               ///< of this slot
    Sums* sums = nullptr;                                      ///< of this slot, per statistics element
    const std::vector<std::vector<fx::Cast>>* casts = nullptr; ///< infer: exact formats, by quantizer number
    const T* data = nullptr;                                   ///< the data set, row-major
    std::size_t features = 0;                                  ///< of a row of the data
    std::span<const std::uint32_t> row_numbers;                ///< this tile's rows of the data: `rows` of them

    T* value(Var var) const { return (graph->node(var).shared ? shared_values : tile_values) + offset[var.id]; }
    T* gradient(Var var) const {
        return (graph->node(var).shared ? shared_gradients : tile_gradients) + gradient_offset[var.id];
    }
    /// Whether a Var has one reader, which sets its gradient. Else readers add to it. Where it is set, an op that keeps
    /// the element order may find both gradients in the same place (Op::in_place).
    bool sets(Var var) const { return (*set_gradient)[var.id]; }
    bool quantised() const { return mode != Mode::unquantised; }
};

} // namespace bitgrain::nn
