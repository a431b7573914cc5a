// The idx format of the MNIST family: magic (two zero bytes, element type, rank), sizes as big-endian 32-bit numbers,
// then the elements row-major, big endian. http://yann.lecun.com/exdb/mnist
#pragma once

#include "data/dataset.hpp"

#include <string_view>

namespace bitgrain::data {

/// Whether a file of this name (without .gz) is one: "x.idx", or "train-images-idx3-ubyte" as the sets are published.
bool is_idx_name(std::string_view name);

/// `where` names the file in errors.
Array parse_idx(std::string_view bytes, const std::string& where);

} // namespace bitgrain::data
