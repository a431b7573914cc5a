// LUT, FF and carry bits of a scheduled netlist: in all, per scope (layer) and per neuron. Estimates.
#pragma once

#include "hw/bit_readers.hpp"
#include "hw/model.hpp"
#include "hw/schedule.hpp"

#include <vector>

namespace bitgrain::hw {

/// The registers that are left when what nobody reads is trimmed, as every synthesiser does: per node, flip-flops of
/// its bits that are read in a later stage. A node that only picks bits of another shares the other's registers.
std::vector<long> register_bits(const Schedule& schedule, const ir::Netlist& netlist,
                                const std::vector<std::vector<BitGroup>>& groups);

struct AreaReport {
    struct Neuron {
        std::uint32_t scope = 0; ///< index into netlist.scopes
        std::int32_t index = -1; ///< element of the layer's value; -1: shared inside the layer
        Area area;
    };

    Area total;
    std::vector<Area> per_scope;    ///< in the order of netlist.scopes
    std::vector<Neuron> per_neuron; ///< by scope, then index; only what takes area
    Parts parts;                    ///< of the whole design
};
AreaReport area(const Target& target, const ir::Netlist& netlist, const Schedule& schedule);

} // namespace bitgrain::hw
