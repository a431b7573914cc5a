#include "rtl/kit.hpp"

#include "base/error.hpp"
#include "rtl/axis.hpp"
#include "rtl/kit_text.hpp"
#include "rtl/template_file.hpp"

#include <cmath>
#include <cstdio>

namespace bitgrain::rtl {

namespace {

std::string number(double value, const char* format) {
    char text[32];
    std::snprintf(text, sizeof text, format, value);
    return text;
}

/// "  - rtl/digits.v" and so on.
std::string yaml_list(const std::string& folder, const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "      - " : "\n      - ") + folder + name;
    return text;
}

/// Bench modules; the one that can name a layer first.
std::vector<std::string> benches(const Signature& signature) {
    if (!signature.axis) return {signature.module + "_tb"};
    return {signature.module + "_tb", axis_module(signature) + "_tb"};
}

void put_streams(Values& values, const Signature& signature) {
    const bool wrapped = signature.axis.has_value();
    const auto n = [](int value) { return std::to_string(value); };
    const std::string& module = signature.module;
    const Axis axis = signature.axis.value_or(Axis{});
    values["IN_LANE"] = n(axis.in_lane);
    values["IN_BEATS"] = n(axis.in_beats);
    values["OUT_LANE"] = n(axis.out_lane);
    values["OUT_BEATS"] = n(axis.out_beats);
    values["FIFO_DEPTH"] = n(axis.fifo_depth);
    values["AXIS_LATENCY"] = n(axis.latency_cycles);
    values["AXIS_PERIOD"] = n(std::max(axis.in_beats, axis.out_beats));
    values["TOP"] = wrapped ? axis_module(signature) : module;
    values["CLOCK"] = wrapped ? "aclk" : "clk";
    values["AXIS_SIZE_NOTE"] = wrapped ? ", without the AXI4-Stream wrapper" : "";
    values["AXIS_FILE_NOTE"] = wrapped ? ", its AXI4-Stream wrapper" : "";
    values["INTERFACES"] = wrapped ? "ipx::associate_bus_interfaces -busif s_axis -clock aclk $core\n"
                                     "ipx::associate_bus_interfaces -busif m_axis -clock aclk $core\n"
                                     "ipx::associate_bus_interfaces -clock aclk -reset aresetn $core"
                                   : "ipx::infer_bus_interface clk xilinx.com:signal:clock_rtl:1.0 $core";
    values["INSTANCE"] =
        "The top is `" + values["TOP"] + "`" +
        (wrapped ? ", with the bare pipeline `" + module + "` inside" : std::string()) + ":\n\n```verilog\n" +
        values["TOP"] + " net (" +
        (wrapped
             ? ".aclk(aclk), .aresetn(aresetn),\n"
               "    .s_axis_tdata(x_data), .s_axis_tvalid(x_valid), .s_axis_tready(x_ready), .s_axis_tlast(x_last),\n"
               "    .m_axis_tdata(y_data), .m_axis_tvalid(y_valid), .m_axis_tready(y_ready), .m_axis_tlast(y_last));"
             : ".clk(clk), .in_valid(in_valid), .in_data(in_data), .out_data(out_data), .out_valid(out_valid));") +
        "\n```";
    values["HANDSHAKE"] =
        wrapped ? "The pipeline inside has no reset and no clock enable."
                : "No reset and no clock enable: `in_valid` travels with the data and comes out as `out_valid`.";
}

Values common_values(const Kit& kit) {
    const Signature& s = kit.signature;
    Values values;
    values["MODULE"] = s.module;
    values["PART"] = kit.target.part;
    values["TARGET"] = kit.target.name;
    values["PART_NOTE"] = kit.target.part.empty() ? "" : " (" + kit.target.part + ")";
    values["YOSYS_FAMILY"] = kit.target.family == "UltraScale+" ? "xcup" : "xc7";
    values["PERIOD"] = number(s.clock_ns, "%.3f");
    values["MEGAHERTZ"] = number(1000.0 / s.clock_ns, "%.2f");
    values["LATENCY"] = std::to_string(s.latency_cycles);
    values["VECTORS"] = std::to_string(kit.vectors);
    values["IN_WIDTH"] = std::to_string(s.in_width);
    values["OUT_WIDTH"] = std::to_string(s.out_width);
    values["VERSION"] = kit.version.empty() ? "" : " " + kit.version;
    values["LUT"] = std::to_string(std::lround(kit.area.lut));
    values["FF"] = std::to_string(std::lround(kit.area.ff));
    put_streams(values, s);
    // Without registers no path starts or ends at the clock.
    const bool through = s.latency_cycles == 0 && !s.axis;
    values["THROUGH_PATHS"] = through ? "\nset_max_delay " + values["PERIOD"] +
                                            " -from [get_ports {in_valid in_data[*]}] -to [get_ports {out_valid "
                                            "out_data[*]}]"
                                      : "";
    return values;
}

} // namespace

std::vector<Place> output_places(const ir::Netlist& netlist) {
    std::vector<Place> places;
    places.reserve(netlist.outputs.size());
    for (const ir::Output& output : netlist.outputs)
        places.push_back(place(netlist, output.signal.node));
    return places;
}

std::vector<File> kit_files(const std::filesystem::path& constraints, const Kit& kit) {
    CHECK(kit.places.size() == kit.signature.outputs.size(), "one place per output");
    const Signature& signature = kit.signature;
    const std::string& module = signature.module;
    const bool has_part = !kit.target.part.empty();
    Values values = common_values(kit);
    const std::vector<std::string> bench_modules = benches(signature);
    std::vector<std::string> bench_files;
    for (const std::string& bench : bench_modules) {
        bench_files.push_back(bench + ".sv: {file_type: systemVerilogSource}");
        values["BENCHES"] += (values["BENCHES"].empty() ? "" : " ") + bench;
    }
    values["TB"] = bench_modules.back();
    values["CORE_RTL"] = yaml_list("rtl/", kit.rtl);
    values["CORE_TB"] = yaml_list("tb/", bench_files);
    values["COMPARE"] = compare_text(signature, kit.places);
    values["LAYER_VALUES"] = std::to_string(kit.probes.size());
    values["LAYER_BITS"] = std::to_string(std::max(width_of(kit.probes), 1));
    values["RECORD"] = record_text(kit.probes);
    values["COMPARE_LAYERS"] = compare_layers_text(kit.probes);
    values["IN_TABLE"] = port_rows(signature.inputs);
    values["OUT_TABLE"] = port_rows(signature.outputs);
    values["INPUTS"] = inputs_text(kit.meaning);
    values["OUTPUTS"] = outputs_text(kit.meaning, signature.outputs);
    const auto snippet = [&](bool wanted, const char* path) {
        return wanted ? fill(constraints / path, values) : std::string();
    };
    values["VENDOR_TARGETS"] = snippet(has_part, "vivado/targets.mk");
    values["VENDOR_ROWS"] = snippet(has_part, "vivado/readme_rows.md");
    values["CORE_SYNTH"] = snippet(has_part, "vivado/core_target.yml");
    values["AXIS_SECTION"] = snippet(signature.axis.has_value(), "kit/readme_axis.md");

    const std::string top = values["TOP"];
    std::vector<File> files;
    const auto add = [&](const char* path, std::string name) {
        files.push_back({std::move(name), fill(constraints / path, values)});
    };
    add("kit/README.md", "README.md");
    add("kit/Makefile", "Makefile");
    add("kit/design.core", module + ".core");
    add("kit/testbench.sv", "tb/" + module + "_tb.sv");
    if (signature.axis) add("kit/axis_testbench.sv", "tb/" + axis_module(signature) + "_tb.sv");
    add("vivado/clock.xdc", "constraints/" + top + "_ooc.xdc");
    add("quartus/clock.sdc", "constraints/" + top + ".sdc");
    if (has_part) add("vivado/build.tcl", "scripts/build.tcl");
    if (has_part) add("vivado/package_ip.tcl", "scripts/package_ip.tcl");
    add("quartus/build.tcl", "scripts/quartus.tcl");
    add("yosys/synth.ys", "scripts/synth.ys");
    add("yosys/one_chain.v", "scripts/one_chain.v");
    add("yosys/ice40.ys", "scripts/ice40.ys");
    add("yosys/pins.v", "scripts/" + module + "_pins.v");
    return files;
}

} // namespace bitgrain::rtl
