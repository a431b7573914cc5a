// Powers of two and binary exponents by bit pattern, for loops over many widths that must vectorise. Exact in the range
// of normal numbers, which every width stays far inside of.
#pragma once

#include <bit>
#include <cstdint>

namespace bitgrain::nn {

template <class T>
T power_of_two(int exponent);
template <>
inline float power_of_two<float>(int exponent) {
    return std::bit_cast<float>((exponent + 127) << 23);
}
template <>
inline double power_of_two<double>(int exponent) {
    return std::bit_cast<double>(static_cast<std::int64_t>(exponent + 1023) << 52);
}

/// floor(log2(x)) of a positive normal number.
inline int exponent_of(double x) {
    return static_cast<int>(std::bit_cast<std::uint64_t>(x) >> 52) - 1023;
}

} // namespace bitgrain::nn
