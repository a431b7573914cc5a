// A device, as data: read from constraints/<name>/target.json. Knows nothing of netlists.
#pragma once

#include "hw/parts.hpp"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace bitgrain::hw {

/// Nanoseconds unless said otherwise. The file's "source" strings say where each number comes from.
struct Delay {
    double lut = 0.0;         ///< one LUT
    double carry_start = 0.0; ///< onto and off a carry chain, beyond the LUT
    double carry_per_bit = 0.0;
    double net = 0.0;            ///< one routed net of fan-out 1
    double net_per_fanout = 0.0; ///< added per doubling of the fan-out
    double clock_overhead = 0.0; ///< clock-to-out plus setup plus skew, per stage
};

/// How far off an estimate may be: the true value lies within +- share of it, about nineteen times of twenty.
struct Bands {
    double lut = 0.0;
    double ff = 0.0;
    double period = 0.0; ///< of the worst register-to-register path
};

/// Run time of the vendor's tools, synthesis to routed; 0: unknown.
struct VendorRun {
    double minutes = 0.0;
    double minutes_per_klut = 0.0;
};

/// The coefficients with their keys in target.json. Every delay is linear in them.
inline constexpr std::array<std::pair<const char*, double Delay::*>, 6> delay_coefficients{
    {{"lut", &Delay::lut},
     {"carry_start", &Delay::carry_start},
     {"carry_per_bit", &Delay::carry_per_bit},
     {"net", &Delay::net},
     {"net_per_fanout", &Delay::net_per_fanout},
     {"clock_overhead", &Delay::clock_overhead}}};

struct Resources {
    long lut = 0;
    long ff = 0;
};

/// What adds three numbers with one LUT per bit (rtl_lib/fx_add3.v); none: an adder of three costs two carry chains.
enum class ThreeOperandAdder : std::uint8_t { none, lut6_2_carry4, lut6_2_carry8 };

struct Target {
    std::string name; ///< "xcvu13p"
    std::string part; ///< full part number for vendor tools; empty for generic
    std::string family;
    int lut_inputs = 6;
    ThreeOperandAdder three_operand_adder = ThreeOperandAdder::none;
    std::string module_attribute; ///< Verilog text in front of every module; may be empty
    Delay delay;
    Parts lut_per{{1, 1, 0, 1, 1, 1, 1, 1, 1}}; ///< LUTs per part
    Bands bands;
    VendorRun vendor_run;
    Resources available; ///< 0: unknown

    /// Numbers that one carry chain adds.
    int max_add_operands() const { return three_operand_adder == ThreeOperandAdder::none ? 2 : 3; }
};

/// All targets found in the folder, by name, sorted.
std::vector<std::string> target_names(const std::filesystem::path& constraints);
/// Unknown name: Error that suggests the nearest.
Target read_target(const std::filesystem::path& constraints, const std::string& name);

} // namespace bitgrain::hw
