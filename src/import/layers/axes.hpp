// Axes that a layer sums or normalises over, and which elements meet along them.
#pragma once

#include "import/context.hpp"

#include <string>
#include <vector>

namespace bitgrain::import {

/// One entry per axis without the batch: is it named by `key`? Keras counts the batch.
std::vector<bool> read_axes(Context& context, const std::string& key, std::size_t rank);

/// The elements along `axes`, one group per position of the other axes (row-major).
std::vector<std::vector<std::int64_t>> groups_along(const std::vector<std::size_t>& shape,
                                                    const std::vector<bool>& axes);

} // namespace bitgrain::import
