// One netlist node as Verilog: one net and one expression, constants or a case for a table, a library cell where a cast
// rounds or clamps. All operands of an expression have the width of the result, so nothing depends on Verilog's rules
// for mixed widths.
#pragma once

#include "hw/target.hpp"
#include "ir/netlist.hpp"
#include "rtl/nets.hpp"

#include <set>
#include <string>

namespace bitgrain::rtl {

/// How adders of three numbers are written.
struct AddersOfThree {
    hw::ThreeOperandAdder cell = hw::ThreeOperandAdder::none; ///< none: expressions
    /// Both, and expressions_macro picks the expression: Verilator takes twice the time and memory for an instance
    /// per adder.
    bool both = false;
};

/// Lines that declare and drive the node's net; `cells` collects the library cells that they instantiate.
std::string print_node(const ir::Netlist& netlist, const hw::Schedule& schedule, ir::NodeId node, AddersOfThree adders,
                       Nets& nets, std::set<std::string>& cells);

/// A value that is assigned in a block: a table of more bits than a LUT has inputs. Smaller ones are constants, of
/// which the key picks bits.
bool is_case(const ir::Netlist& netlist, ir::NodeId node);

/// Minus the operand, `width` bits from its lowest position up.
std::string print_negation(const hw::Operand& operand, int stage, int width, Nets& nets);

/// The remark behind a declaration: format and stage.
std::string remark(const fx::Interval& interval, int stage);

} // namespace bitgrain::rtl
