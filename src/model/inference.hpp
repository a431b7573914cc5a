// Bit-exact inference and range analysis of a model: run<Numbers> and run<Intervals>.
#pragma once

#include "model/model.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::model {

/// Codes of all inputs of one row in port order (input by input, element by element).
std::size_t input_count(const Model& model);
std::size_t output_count(const Model& model);
/// Formats of the ports in the same order.
std::vector<fx::Format> input_formats(const Model& model);

/// Software's half of the port: rows x features real numbers -> codes, cast as the inputs say. `saturated`, when given,
/// counts values that did not fit. NaN throws Error that names row and feature.
std::vector<std::int64_t> quantize_inputs(const Model& model, std::span<const double> values, std::size_t rows,
                                          std::size_t* saturated = nullptr);

/// rows x inputs codes -> rows x outputs codes, on the grids of output_fractions(). Exact. Inputs must be inside the
/// formats.
std::vector<std::int64_t> infer(const Model& model, std::span<const std::int64_t> codes, std::size_t rows);
/// The fraction (grid) of each output code.
std::vector<int> output_fractions(const Model& model);
/// infer() as real numbers.
std::vector<double> infer_real(const Model& model, std::span<const std::int64_t> codes, std::size_t rows);

/// Of one row, every element of every value (the inputs first, then what each step gives): codes on the grids of
/// intervals().
std::vector<std::vector<std::int64_t>> trace(const Model& model, std::span<const std::int64_t> codes);

/// Interval of every element of every value when the inputs range over their formats.
std::vector<std::vector<fx::Interval>> intervals(const Model& model);

/// For each step that is a Cast: in how many of the rows some element lost high bits (wrapped or saturated).
struct OverflowCount {
    std::size_t step;
    std::size_t rows;     ///< rows with at least one overflow
    std::size_t elements; ///< element overflows in all rows
};
std::vector<OverflowCount> count_overflows(const Model& model, std::span<const std::int64_t> codes, std::size_t rows);

} // namespace bitgrain::model
