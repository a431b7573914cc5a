// One table of several signals: their bits side by side, which is wires, are the key.
#pragma once

#include "ir/builder.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace bitgrain::ir {

/// `codes` * 2^-fraction: one entry per combination of the inputs' codes (on the grids of their intervals), from all
/// lowest, the first input fastest; no input may be constant. At most `most_joint_bits` bits of key.
Signal joint_table(Builder& builder, std::span<const Signal> inputs, const std::vector<std::int64_t>& codes,
                   int fraction);
inline constexpr int most_joint_bits = 16;

} // namespace bitgrain::ir
