// What can be said about a node from its operands alone: shared by Builder, which makes nodes, and verify, which
// checks.
#pragma once

#include "ir/netlist.hpp"

#include <string>

namespace bitgrain::ir {

/// The interval of the node's result when its operands are independent of each other (except for the sign of a select
/// that is also one of its branches, and a square). Inputs and constants: as stored.
fx::Interval derive_interval(const Netlist& netlist, const Node& node);

/// Interval of a branch of a select where it is taken: when it is the sign signal's own node, only those values count.
fx::Interval branch_interval(const Netlist& netlist, const Signal& sign, const Signal& branch, bool negative);

/// The part of `known` that lies inside `derived`, on the grid of `derived`. Both hold all values, so it is not empty.
fx::Interval cut(const fx::Interval& derived, const fx::Interval& known);

/// True when the cast loses low bits of `in`.
bool drops_bits(const fx::Interval& in, const fx::Cast& cast);

/// Bytes that are equal for nodes that compute the same by construction: everything but the interval.
std::string identity(const Node& node);

/// The same add or select with all its summands or branches negated; its value is minus the given node's. In normal
/// order.
Node flipped(const Node& node);
/// Positive operands first, then by node, then by shift.
void sort_operands(Node& add);

} // namespace bitgrain::ir
