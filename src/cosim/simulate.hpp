// Builds a Verilator harness (sim/, one for every design and one for every AXI4-Stream wrapper) around emitted files
// and streams vectors through it.
#pragma once

#include "rtl/emit.hpp"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::cosim {

enum class AddersOfThree : std::uint8_t {
    cells,
    expressions, ///< where the design has both, as large ones do: half the time and memory of Verilator
    primitives,  ///< the cells' form for the device; models of its primitives must stand in `rtl`, too
};

struct Options {
    std::filesystem::path rtl;     ///< folder with the .v files (library cells copied in)
    std::filesystem::path harness; ///< sim/ folder of the product
    std::filesystem::path work;    ///< folder for Verilator's output; made, and kept
    bool optimize = true;          ///< -O1 C++ (many vectors) instead of -O0 (few)
    bool stalls = false;           ///< drop in_valid at random between vectors (seeded), to prove that bubbles pass
    std::uint64_t seed = 1;
    AddersOfThree adders = AddersOfThree::cells;
};

struct Result {
    std::vector<std::int64_t> outputs; ///< rows x outputs codes
    int latency_cycles = 0;            ///< measured: clock edges from a vector's in_valid to its out_valid
};

/// Inputs: rows x signature.inputs codes. Throws Error when Verilator is missing or refuses the design (its message is
/// given).
Result simulate(const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                const Options& options);

/// What a wrapper did; options.stalls: both sides wait at random, and vectors from before a reset must not show up.
struct StreamResult {
    std::vector<std::int64_t> outputs; ///< as Result
    int latency_cycles = 0;            ///< first beat in to first beat out
    std::int64_t clocks = 0;           ///< first beat in to last beat out
};

/// The same through the wrapper of a signature with `axis`. Throws Error also when a vector, a tlast or a rule of
/// AXI4-Stream is lost on the way.
StreamResult simulate_streams(const rtl::Signature& signature, std::span<const std::int64_t> inputs, std::size_t rows,
                              const Options& options);

} // namespace bitgrain::cosim
