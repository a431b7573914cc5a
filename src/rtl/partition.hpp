// Which module of the design computes which node, and which values cross from one module to another. Module 0 is the
// top: it holds the inputs and their registers, the outputs and the valid bit; the others are a layer each. In a flat
// design the top holds everything.
#pragma once

#include "hw/duplicates.hpp"
#include "ir/netlist.hpp"

#include <compare>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace bitgrain::rtl {

enum class Layout : std::uint8_t { flat, per_layer };

/// A node's value after that many registers; which one, where several share its readers.
struct Value {
    ir::NodeId node = 0;
    int copy = 0;
    int duplicate = 0;

    friend auto operator<=>(const Value&, const Value&) = default; // NOLINT(modernize-use-nullptr): a false alarm
};

/// The copy of a node's value that a reader in `stage` reads: a node, or netlist.nodes.size() + j for output j.
Value value_at(const ir::Netlist& netlist, const hw::Schedule& schedule, const hw::Duplicates& duplicates,
               ir::NodeId node, int stage, std::uint32_t reader);

struct Module {
    std::uint32_t scope = 0;       ///< its layer; not of the top
    std::vector<ir::NodeId> nodes; ///< in the order of the netlist; inputs are not listed
    std::set<Value> reads;         ///< values of other modules
    std::set<Value> gives;         ///< values that other modules read
};

struct Partition {
    std::vector<Module> modules;    ///< the top first, then the layers in the order of their first nodes
    std::vector<std::size_t> owner; ///< per node: index of its module
    hw::Duplicates duplicates;
    bool is_given(const Value& value) const { return modules[owner[value.node]].gives.contains(value); }
};

Partition partition(const ir::Netlist& netlist, const hw::Schedule& schedule, Layout layout);

} // namespace bitgrain::rtl
