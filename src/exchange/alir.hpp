// Netlist -> ALIR (JSON, version 4), the exchange format of alkaid: lets another project's interpreter and compiler
// work on our designs. Layout: the cmvm reference, section 12.
#pragma once

#include "base/json.hpp"
#include "ir/netlist.hpp"

namespace bitgrain::exchange {

/// The program computes output_j * 1.0 of the netlist from real inputs that are cut (truncated, wrapped) to the input
/// formats. Error for what the format cannot express: rounding half to even.
Json to_alir(const ir::Netlist& netlist);

} // namespace bitgrain::exchange
