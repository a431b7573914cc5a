// AXI4-Stream around a design: a small module that joins it with rtl_lib/fx_axis. The pipeline is left as it is,
// without a clock enable; credits for the places of a FIFO behind it stop the input in time.
//
// Packing: beat k of a vector carries bits [k * lane, (k + 1) * lane) of in_data or out_data; bits beyond the vector
// are ignored on the way in and zero on the way out. tlast travels with its vector; on the way in it ends a vector
// early, the beats not sent count as zero.
#pragma once

#include "rtl/emit.hpp"

#include <optional>

namespace bitgrain::rtl {

/// The streams of a design. `lane`: bits of a beat on both sides, a multiple of 8 up to widest_lane; none: a vector per
/// beat, unless it is wider than that. Throws Error for other widths.
Axis axis(const Signature& signature, std::optional<int> lane);
inline constexpr int widest_lane = 4096; ///< of AXI4-Stream in AMD's tools

std::string axis_module(const Signature& signature); ///< "digits_axis"

/// The wrapper of a signature with `axis`, and the cells of rtl_lib it needs.
Verilog emit_axis(const Signature& signature);

} // namespace bitgrain::rtl
