// Netlist + schedule -> Verilog-2001 text and the port signature. Knows no arithmetic: one node, one net, one
// expression or cell.
#pragma once

#include "base/json.hpp"
#include "hw/schedule.hpp"
#include "ir/netlist.hpp"
#include "rtl/partition.hpp"

#include <optional>
#include <string>
#include <vector>

namespace bitgrain::rtl {

struct Port {
    std::string name; ///< "x[3]"
    int offset = 0;   ///< lowest bit in in_data / out_data
    int width = 0;    ///< 0: the value is constant zero and takes no bit
    fx::Format format;
};

/// AXI4-Streams around the design (rtl/axis.hpp).
struct Axis {
    int in_lane = 0, out_lane = 0;   ///< bits of a beat
    int in_beats = 0, out_beats = 0; ///< of a vector
    int fifo_depth = 0;              ///< vectors; a power of two
    int latency_cycles = 0;          ///< first beat in to first beat out, nobody waiting
};

/// What software needs to talk to the module.
struct Signature {
    std::string module;
    std::vector<Port> inputs, outputs;
    int in_width = 0;  ///< of in_data; at least 1
    int out_width = 0; ///< of out_data; at least 1
    int latency_cycles = 0;
    int initiation_interval = 1;
    double clock_ns = 0.0;
    std::optional<Axis> axis; ///< when there is a wrapper <module>_axis
};

Signature signature(const ir::Netlist& netlist, const hw::Schedule& schedule);
Json to_json(const Signature& signature);
Signature signature_from_json(const Json& json, const std::string& where);

struct File {
    std::string name; ///< "digits.v"
    std::string text;
};

/// Where a value is computed, for people: layer "dense_3", neuron 7.
struct Place {
    std::string layer; ///< empty: no layer
    int neuron = -1;   ///< -1: none
};
Place place(const ir::Netlist& netlist, ir::NodeId node);

/// An element of a layer, as a test bench can look at it.
struct Probe {
    ir::NodeId node = 0;
    Port port; ///< name: the net below the top, "dense_1.dense_1_n3"; bits in a vector of all probes
    Place place;
    int clocks = 0; ///< from in_data to it
};
int width_of(const std::vector<Probe>& probes);

/// The design's own Verilog files, top module first (module name = netlist.name). Library cells it instantiates are
/// listed in `cells` ("fx_valid"); they live in rtl_lib/.
struct Verilog {
    std::vector<File> files;
    std::vector<std::string> cells;
    std::vector<Probe> probes = {}; ///< in the order of the netlist: operands first
};

/// Simulators that define it take the expressions of adders of three instead of the cells, where a design has both.
inline constexpr const char* expressions_macro = "BITGRAIN_EXPRESSIONS";

struct EmitOptions {
    EmitOptions() = default;
    EmitOptions(Layout how, const hw::Target& target)
        : layout(how), three_operand_adder(target.three_operand_adder), module_attribute(target.module_attribute) {}

    Layout layout = Layout::per_layer;
    /// The target's; none: adders of three numbers are expressions.
    hw::ThreeOperandAdder three_operand_adder = hw::ThreeOperandAdder::none;
    /// With more of them each is written as an expression, too, for simulators that define expressions_macro.
    std::size_t most_cells_alone = 5000;
    /// In front of every module: "(* use_dsp = \"no\" *)".
    std::string module_attribute;
};
Verilog emit(const ir::Netlist& netlist, const hw::Schedule& schedule, const Signature& signature,
             const EmitOptions& options = {});

} // namespace bitgrain::rtl
