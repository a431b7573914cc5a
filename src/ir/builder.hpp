// The only way to make netlist nodes. Every function normalises its operands, applies the free simplifications, interns
// (an equal node is never made twice) and computes the exact-or-tight interval; it returns an edge.
//
// Normal form: an add has its smallest shift at 0 and its first operand positive (shift and sign move to the returned edge),
// operands ordered by node; zero operands vanish; a + a becomes an edge; a cast that changes nothing is no node; casts in
// the netlist truncate (TRN) or round exactly as asked; a zero-width result is the constant zero.
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
    /// An add whose interval is known better than from its operands (they share inputs): the given interval, which must be
    /// of the sum and lie inside the naive one, is taken.
    Signal add(Signal a, Signal b, const fx::Interval& known);
    Signal cast(Signal a, const fx::Cast& cast);
    /// sign < 0 ? if_negative : otherwise
    Signal select(Signal sign, Signal if_negative, Signal otherwise);
    Signal relu(Signal a) { return select(a, zero(), a); }
    Signal maximum(Signal a, Signal b);
    /// `codes` has one entry per code of `key` from key.lo up; the signal's interval must lie inside `key` (same grid).
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

    /// Removes nodes no output needs, renumbers, verifies. The builder is empty afterwards.
    Netlist finish();

  private:
    struct Key;
    NodeId intern(Op op, std::initializer_list<Signal> in, std::uint32_t payload, const fx::Interval& interval);
    Signal add_many(std::vector<Signal> operands, const std::optional<fx::Interval>& known);

    Netlist netlist_;
    Origin origin_;
    std::unordered_map<std::string, std::uint32_t> scope_ids_;
    std::unordered_map<std::string, NodeId> interned_; ///< key bytes -> node
    std::map<std::string, std::uint32_t> cast_ids_, table_ids_;
};

} // namespace bitgrain::ir
