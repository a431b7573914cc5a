// What a node takes of the fabric, as counts of parts. A target says how many LUTs each part costs
// (Target::lut_per), so that area is linear in its coefficients and can be fitted to synthesis results.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace bitgrain::hw {

enum class Part : std::uint8_t {
    sum_bit,     ///< bit of a carry chain at which two values vary: an exclusive or
    triple_bit,  ///< bit of an adder of three in one carry chain (rtl_lib/fx_add3.v)
    through_bit, ///< one value varies: the chain carries it on
    invert_bit,  ///< one value varies and is inverted: subtracted from zeros or added to a one
    mask_bit,    ///< bit of a select with a branch of zero: an AND
    mux_bit,     ///< bit of any other select, and of a clamp
    decision,    ///< LUT of a tree that looks at many bits: clamping, "more than zero"
    table,       ///< LUT of a lookup table
    product_bit, ///< bit of a multiplier's array
};
inline constexpr std::size_t part_kinds = 9;

/// Key in target.json: "sum_bit".
const char* name(Part part);

struct Parts {
    std::array<double, part_kinds> count{};

    double& operator[](Part part) { return count[static_cast<std::size_t>(part)]; }
    double operator[](Part part) const { return count[static_cast<std::size_t>(part)]; }
    Parts& operator+=(const Parts& other);
    friend bool operator==(const Parts&, const Parts&) = default;
};

/// Sum of count times price.
double dot(const Parts& count, const Parts& price);

} // namespace bitgrain::hw
