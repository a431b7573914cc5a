// The netlist: what the hardware computes, free of time (no registers, no stages) and of devices.
// A node computes one value from earlier nodes. Shift and sign are free in hardware, so they sit on the edge: a Signal
// is plus or minus a node times a power of two. Nodes are in topological order; node 0 is the constant zero. A Netlist
// is immutable once built; ir::Builder is the only way to make one (it folds and interns).
#pragma once

#include "fx/format.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::ir {

using NodeId = std::uint32_t;

/// What verify() guarantees about the operands (the normal form that Builder makes) stands in brackets.
enum class Op : std::uint8_t {
    input,    ///< payload = index of the scalar input
    constant, ///< value = interval.lo * 2^-fraction (lo == hi); node 0 is zero [odd, positive, fraction 0 otherwise]
    add,      ///< in[0] + in[1] (+ in[2] when operands == 3) [least shift 0; in[0] positive, positive before negative];
              ///< interval = sum of the edges' intervals or tighter, on the finest grid of the edges
    cast,     ///< casts[payload] applied to in[0] [shift 0; the result's grid is the format's]
    select,   ///< in[0] < 0 ? in[1] : in[2] [in[0]: shift 0; in[1], in[2]: least shift of the non-zero ones 0]
    table,    ///< tables[payload] looked up by the code of in[0] [shift 0, not negated]
    mul,      ///< in[0] * in[1] [shift 0, not negated]
};

/// value = (negate ? -1 : 1) * node * 2^shift.
struct Signal {
    NodeId node = 0;
    int shift = 0;
    bool negate = false;

    friend bool operator==(const Signal&, const Signal&) = default;
};

struct Node {
    Op op = Op::constant;
    std::uint8_t operands = 0; ///< number of valid entries of `in`
    std::uint32_t payload = 0;
    std::array<Signal, 3> in{};
    fx::Interval interval; ///< of the node itself, before any edge

    friend bool operator==(const Node&, const Node&) = default;
};

/// out = codes[address] * 2^-fraction, address = code of the key - key.lo; key is the interval of the looked-up signal,
/// so there is one entry per possible code. `key.fraction` is the grid on which the operand is addressed.
struct Table {
    fx::Interval key;
    std::vector<std::int64_t> codes;
    int fraction = 0;

    friend bool operator==(const Table&, const Table&) = default;
};

/// A scalar port of the design.
struct Input {
    std::string name; ///< "x[3]"
    fx::Format format;
    NodeId node = 0; ///< 0 when nothing reads it or the format has no bits: then there is no input node
};
struct Output {
    std::string name; ///< "y[0]"
    Signal signal;
};

/// Where a node comes from, for people: "dense_1", neuron 7 (or none) and what it is there.
struct Origin {
    std::uint32_t scope = 0; ///< index into Netlist::scopes; 0 is the design itself
    std::int32_t index = -1; ///< element of the layer's value; -1: shared inside the layer

    friend bool operator==(const Origin&, const Origin&) = default;
};

struct Netlist {
    std::string name;
    std::vector<Node> nodes;
    std::vector<Origin> origins; ///< one per node
    std::vector<fx::Cast> casts;
    std::vector<Table> tables;
    std::vector<std::string> scopes; ///< scopes[0] == ""
    std::vector<Input> inputs;
    std::vector<Output> outputs;
};

const char* name(Op op);

/// Interval of plus or minus the node times 2^shift.
fx::Interval interval(const Netlist& netlist, const Signal& signal);

/// Number of nodes that cost logic: adds, casts that round or saturate (the others are wires), selects, tables, muls.
struct Counts {
    std::size_t adds = 0;
    std::size_t casts = 0;
    std::size_t selects = 0;
    std::size_t tables = 0;
    std::size_t muls = 0;
};
Counts count(const Netlist& netlist);

/// Checks every invariant (order, operand counts, payloads, normal form, no equal nodes, intervals); throws
/// InternalError that names the node. An interval that is narrower than its operands allow is trusted here; evaluate()
/// checks it.
void verify(const Netlist& netlist);

/// One line per node, for people and tests.
std::string to_text(const Netlist& netlist);

} // namespace bitgrain::ir
