// Netlist -> Netlist, function kept. A pass rebuilds through ir::Builder, never edits, never prints, fills its stats.
#pragma once

#include "ir/netlist.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::opt {

struct Stats {
    std::string pass;
    std::size_t nodes_before = 0;
    std::size_t nodes_after = 0;
    std::int64_t bits_before = 0; ///< logic bits (cost.hpp)
    std::int64_t bits_after = 0;
    bool kept = true; ///< false: the result would have cost more, so the pass was undone
};

using PassFunction = ir::Netlist (*)(const ir::Netlist&);
struct Pass {
    std::string name;
    std::string purpose;
    PassFunction run;
    int operands = 2; ///< adders of so many operands may come out
};

struct Options {
    int operands = 2; ///< most that one adder may have: passes that make larger ones are left out
};

/// The ordered list of passes.
std::span<const Pass> pipeline();

/// Runs the pipeline until nothing changes (at most a few rounds); every netlist is verified as it is finished. A pass
/// whose result costs more than its input is undone.
ir::Netlist optimize(const ir::Netlist& netlist, const Options& options = {}, std::vector<Stats>* stats = nullptr);

// ---- the passes; each keeps the value of every output for every input ----
/// Everything once through the builder: folds, interns, drops dead nodes.
ir::Netlist rebuild(const ir::Netlist& netlist);
/// Round-to-nearest of a sum that has a constant becomes truncation of the sum with a larger constant, through a ReLU
/// too.
ir::Netlist fold_rounding(const ir::Netlist& netlist);
/// Bits that no reader looks at are cut off before adds and selects instead of after them.
ir::Netlist narrow(const ir::Netlist& netlist);
/// Two adds of two operands become one of three.
ir::Netlist fuse(const ir::Netlist& netlist);
/// Turns subtractions round (b - a for a - b) where that saves their readers a negation.
ir::Netlist orient(const ir::Netlist& netlist);

// ---- not in the pipeline: costs logic, for a clock that is too fast otherwise ----
constexpr int least_split_bits = 4; ///< shorter pieces would not get shorter by being split
/// Nodes that a stage has no time for (most_bits 0: leave it) become several. An add: adds of two operands, each with a
/// carry chain of at most most_bits (and not asked to be shorter than least_split_bits), that hand a carry on. An add
/// stays whole where wires cannot join the halves: a subtraction whose operands have bits on one side of the cut only
/// has a negation for a half. A cast that saturates: the rounding, then clamps that decide by most_bits each; the last
/// one of SAT_SYM looks at all bits of its result.
ir::Netlist split(const ir::Netlist& netlist, const std::vector<int>& most_bits);

} // namespace bitgrain::opt
