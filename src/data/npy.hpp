// numpy's .npy format in memory. The functions for files are in dataset.hpp.
#pragma once

#include "data/dataset.hpp"

#include <string_view>

namespace bitgrain::data {

/// `where` names the file (and member) in errors.
Array parse_npy(std::string_view bytes, const std::string& where);

/// "element [3, 17]" as numpy would index it. `fortran_order`: `flat` counts with the first index varying fastest.
std::string element_place(std::size_t flat, const std::vector<std::size_t>& shape, bool fortran_order = false);

} // namespace bitgrain::data
