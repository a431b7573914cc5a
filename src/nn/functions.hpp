// Functions that the hardware looks up in tables (method, 10.2): y = oq(phi(iq(x))).
#pragma once

#include "fx/format.hpp"
#include "model/model.hpp"
#include "model/rounding.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::nn {

using model::Rounding;

enum class Function : std::uint8_t { tanh, sigmoid, exp, sqrt, square, softplus, silu, gelu };

/// Their names in experiments, in order.
const std::vector<std::string>& function_names();

/// Bits of a table's input, the sign included: each doubles the table.
inline constexpr int most_table_bits = 10;

/// phi(x), finite for every finite x of the formats there are: exp of more than 60 is that of 60, sqrt of a negative
/// number 0.
double value_of(Function function, double x);
/// phi'(x); sqrt: 0 up to x = 0.
double slope_of(Function function, double x);

/// The table of each element: inputs in the formats of `keys`, results cast by `results`. Equal ones are one.
model::Table tabulate(Function function, const std::vector<fx::Cast>& keys, const std::vector<fx::Cast>& results,
                      Rounding rounding);

} // namespace bitgrain::nn
