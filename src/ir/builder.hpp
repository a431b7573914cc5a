// The only way to make netlist nodes. Every function normalises its operands, applies the free simplifications, interns
// (an equal node is never made twice) and computes the exact-or-tight interval; it returns an edge.
//
// Normal form: common shifts and signs move to the returned edge. An add has its smallest shift at 0 and at least one
// positive operand; positive operands come first, then order of nodes; zero operands vanish; a + a and 2a - a become
// edges. a - b and b - a are one node, in the sense that was asked for first (a subtraction costs the same both ways,
// but negating its result for a cast or a select would cost an adder of its own). A cast that changes nothing is no
// node; the others get the narrowest format and the cheapest modes that do the same. A zero-width result is the
// constant zero. No node but a constant has a constant interval.
#pragma once

#include "ir/netlist.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace bitgrain::ir {

class Builder {
  public:
    explicit Builder(std::string name);

    /// Scalar input in declaration order. A zero format is still declared (it takes no bits) and is the constant 0.
    Signal input(const std::string& name, const fx::Format& format);
    Signal constant(double value);
    Signal constant(std::int64_t code, int fraction);

    Signal add(Signal a, Signal b);
    /// Three operands in one node; falls back to fewer when some are zero.
    Signal add(Signal a, Signal b, Signal c);
    /// An add whose interval is known better than from its operands (they share inputs): the given interval must hold
    /// every sum that can occur; it is cut to the naive one. An equal add that exists already keeps the interval it
    /// has.
    Signal add(Signal a, Signal b, const fx::Interval& known);
    Signal add(Signal a, Signal b, Signal c, const fx::Interval& known);
    Signal cast(Signal a, const fx::Cast& cast);
    /// sign < 0 ? if_negative : otherwise
    Signal select(Signal sign, Signal if_negative, Signal otherwise);
    /// `known` as for add.
    Signal select(Signal sign, Signal if_negative, Signal otherwise, const fx::Interval& known);
    Signal relu(Signal a) { return select(a, zero(), a); }
    Signal maximum(Signal a, Signal b);
    /// `codes` has one entry per code of `key` from key.lo up; the signal's interval must lie inside `key` (same grid,
    /// or a coarser one). What the signal cannot reach is cut off.
    Signal table(Signal a, const Table& table);
    Signal mul(Signal a, Signal b);

    static Signal zero() { return {}; }
    static Signal negate(Signal a) { return a.node == 0 ? a : Signal{a.node, a.shift, !a.negate}; }
    static Signal shift(Signal a, int amount) { return a.node == 0 ? a : Signal{a.node, a.shift + amount, a.negate}; }

    void output(const std::string& name, Signal signal);

    fx::Interval interval(Signal a) const { return ir::interval(netlist_, a); }
    const Netlist& netlist() const { return netlist_; }

    /// Nodes made from now on belong to this layer (and element). Interned nodes keep their first origin.
    void set_origin(const std::string& scope, int index = -1);
    void set_origin(const Origin& origin, const Netlist& of);

    /// Removes nodes no output needs (inputs stay declared), renumbers, verifies. The builder is empty afterwards.
    Netlist finish();

  private:
    using Known = std::optional<fx::Interval>;

    Signal add_many(const std::vector<Signal>& operands, const Known& known);
    Signal make_select(Signal sign, Signal if_negative, Signal otherwise, const Known& known);
    /// The cast with the narrowest format and cheapest modes that makes `out` of `in` just so; none when it changes
    /// nothing.
    static std::optional<fx::Cast> simplest(const fx::Interval& in, const fx::Cast& cast, const fx::Interval& out);
    /// When `a` is itself a free wrapping cast that `cast` makes pointless: what that one reads.
    std::optional<Signal> below_wrap(Signal a, const fx::Cast& cast) const;
    /// When `a` is a ReLU and `cast` clamps at zero anyway: what the ReLU reads.
    std::optional<Signal> below_relu(Signal a, const fx::Cast& cast) const;
    Signal identity_or_table(Signal a, std::vector<std::int64_t> codes, int fraction);

    std::optional<NodeId> find(const Node& node) const;
    /// The existing equal node or a new one; the interval is derived from the operands and cut to `known`.
    Signal intern(Node node, const Known& known = {});
    NodeId append(const Node& node);

    Netlist netlist_;
    Origin origin_;
    std::map<std::string, std::uint32_t> scope_ids_;
    std::unordered_map<std::string, NodeId> interned_; ///< only looked up, never walked
    std::unordered_map<std::string, std::uint32_t> cast_ids_, table_ids_;
};

} // namespace bitgrain::ir
