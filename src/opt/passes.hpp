// Netlist -> Netlist, function kept. A pass rebuilds through ir::Builder, never edits, never prints, fills its stats.
#pragma once

#include "ir/netlist.hpp"

#include <span>
#include <string>
#include <vector>

namespace bitgrain::opt {

struct Stats {
    std::string pass;
    std::size_t nodes_before = 0;
    std::size_t nodes_after = 0;
};

using PassFunction = ir::Netlist (*)(const ir::Netlist&);
struct Pass {
    std::string name;
    std::string purpose;
    PassFunction run;
};

/// The ordered list of passes.
std::span<const Pass> pipeline();

/// Runs the pipeline until nothing changes (at most a few rounds); verifies after each pass.
ir::Netlist optimize(const ir::Netlist& netlist, std::vector<Stats>* stats = nullptr);

} // namespace bitgrain::opt
