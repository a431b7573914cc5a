// What a technology-mapped netlist of yosys (write_json) is made of: primitives of the AMD, iCE40 and ECP5 families,
// and the logic levels of its longest register-to-register path. The one counter for our Verilog and for anyone else's.
//
// A level is a LUT or a carry chain: a chain counts once however long it is, and the multiplexers between LUTs count
// nothing. An adder on its own is thus two levels, its LUTs and its chain.
#pragma once

#include "base/json.hpp"

#include <string>

namespace bitgrain::synthesis {

struct Mapped {
    long lut = 0;   ///< LUTs of any size, inverters and shift-register LUTs
    long ff = 0;    ///< flip-flops; a shift-register LUT is none
    long carry = 0; ///< cells of carry chains: CARRY4, CARRY8, SB_CARRY, CCU2C
    long mux = 0;   ///< MUXF7 to MUXF9
    long dsp = 0;   ///< multiplier blocks
    long bram = 0;  ///< block memories
    int levels = 0; ///< of the longest path between registers or ports
};

/// Error when the file holds no netlist, or cells of a family that is not known.
Mapped count_mapped(const Json& netlist, const std::string& where);

/// Counts alone, from an object {"LUT2": 177, ...}; levels stay 0.
Mapped count_cells(const Json& cells_by_type, const std::string& where);

} // namespace bitgrain::synthesis
