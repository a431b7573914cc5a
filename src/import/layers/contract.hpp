// Sums of products of two values of the network: these need multipliers.
#pragma once

#include "import/layers/equation.hpp"

namespace bitgrain::import {

/// sum over `equation` of a and b, b in the place of the kernel.
Tensor contract(Context& context, const Tensor& a, const Tensor& b, const Equation& equation);

} // namespace bitgrain::import
