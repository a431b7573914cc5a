// Model -> netlist: model::run over ir::Builder signals. Only affine is overridden, to call the adder-graph solver; the
// rounding constants of the casts that follow a sum are folded into its offset, so round-to-nearest costs nothing.
#pragma once

#include "cmvm/solve.hpp"
#include "ir/netlist.hpp"
#include "model/model.hpp"

namespace bitgrain::lower {

struct Options {
    cmvm::Options cmvm;
};

/// Inputs and outputs in port order, named "x[3]" after the model's ports.
ir::Netlist lower(const model::Model& model, const Options& options);

} // namespace bitgrain::lower
