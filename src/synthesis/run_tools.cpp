#include "synthesis/run_tools.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "cosim/process.hpp"

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

namespace bitgrain::synthesis {

namespace fs = std::filesystem;

namespace {

constexpr std::array flows{
    std::pair{"xilinx", "synth_xilinx -family xc7 -noiopad -noclkbuf -flatten -abc9"},
    std::pair{"ice40", "synth_ice40 -device hx -abc9"},
    std::pair{"ecp5", "synth_ecp5 -abc9"},
};

std::string command_of(const std::string& flow) {
    const auto at = std::find_if(flows.begin(), flows.end(), [&](const auto& f) { return f.first == flow; });
    CHECK(at != flows.end(), "the flow is known");
    return at->second;
}

/// Tools get plain names: everything is copied into the folder they run in.
void copy_in(const fs::path& from, const fs::path& folder) {
    write_file(folder / from.filename(), read_file(from));
}

std::string copy_sources(const Job& job) {
    std::vector<std::string> names;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(job.rtl, code)) {
        if (entry.path().extension() == ".v") names.push_back(entry.path().filename().string());
    }
    if (code) throw Error("cannot list the Verilog files: " + code.message(), job.rtl.string());
    std::sort(names.begin(), names.end());
    std::string list;
    for (const std::string& name : names) {
        copy_in(job.rtl / name, job.work);
        list += " " + name;
    }
    return list;
}

void run_tool(const std::vector<std::string>& command, const fs::path& folder) {
    const cosim::Completed done = cosim::run(command, folder);
    write_file(folder / (command[0] + ".log"), done.output + done.errors);
    if (done.status == 0) return;
    throw Error(command[0] + " failed (status " + std::to_string(done.status) + "):\n" +
                    cosim::last_lines(done.errors.empty() ? done.output : done.errors),
                folder.string());
}

/// Writes and runs map.ys; the netlist is `output`.
void map(const Job& job, const std::string& sources, const std::string& top, const std::string& output) {
    std::string script =
        "read_verilog" + sources + "\nhierarchy -top " + top + "\nproc -norom\nflatten\nopt_expr\nopt_clean\n";
    if (job.one_chain) {
        copy_in(job.constraints / "yosys" / "one_chain.v", job.work);
        script += "wreduce\ntechmap -map one_chain.v\n";
    }
    script += command_of(job.flow) + " -top " + top + "\nwrite_json " + output + "\n";
    write_file(job.work / "map.ys", script);
    run_tool({"yosys", "-q", "-s", "map.ys"}, job.work);
}

/// All bits of the design behind two pins: a shift register feeds the inputs, and every output bit reaches the pin.
std::string pins(const Job& job) {
    const std::string in = std::to_string(job.in_width), out = std::to_string(job.out_width);
    const std::string last_in = std::to_string(job.in_width - 1), last_out = std::to_string(job.out_width - 1);
    return "// The design behind three pins, for place and route on a part with few of them.\n"
           "`default_nettype none\nmodule bitgrain_pins (\n    input  wire clk,\n    input  wire bit_i,\n"
           "    output wire bit_o\n);\n    reg  [" +
           last_in + ":0] in_q;\n    reg  [" + last_out + ":0] out_q;\n    wire [" + last_out +
           ":0] out_data;\n    wire out_valid;\n    " + job.module +
           " design (.clk(clk), .in_valid(bit_i), .in_data(in_q), .out_data(out_data), .out_valid(out_valid));\n"
           "    always @(posedge clk) begin\n        in_q  <= (in_q << 1) | {{" +
           in +
           "{1'b0}}, bit_i};\n"
           "        out_q <= (out_q << 1) ^ out_data ^ {{" +
           out +
           "{1'b0}}, out_valid};\n    end\n"
           "    assign bit_o = out_q[" +
           last_out + "];\nendmodule\n`default_nettype wire\n";
}

} // namespace

std::vector<std::string> flow_names() {
    std::vector<std::string> names;
    for (const auto& flow : flows)
        names.emplace_back(flow.first);
    return names;
}

Record run_yosys(const Job& job) {
    cosim::require_program("yosys", "yosys");
    make_folder(job.work);
    map(job, copy_sources(job), job.module, "mapped.json");
    Record record = parse_report(read_file(job.work / "mapped.json"), (job.work / "mapped.json").string());
    record.device = job.flow;
    return record;
}

Record place_ice40(const Job& job) {
    CHECK(job.flow == "ice40", "only iCE40 is placed");
    cosim::require_program("yosys", "yosys");
    cosim::require_program("nextpnr-ice40", "nextpnr-ice40");
    make_folder(job.work);
    const std::string sources = copy_sources(job);
    write_file(job.work / "bitgrain_pins.v", pins(job));
    map(job, sources + " bitgrain_pins.v", "bitgrain_pins", "pins.json");
    run_tool({"nextpnr-ice40", "--hx8k", "--package", "ct256", "--json", "pins.json", "--freq",
              std::to_string(1000.0 / job.clock_ns), "--timing-allow-fail", "--seed", "1", "--report", "placed.json"},
             job.work);
    Record record = parse_report(read_file(job.work / "placed.json"), (job.work / "placed.json").string());
    record.device = "ice40 hx8k";
    record.lut.reset(); // with the shift registers, which are not the design
    const std::vector<std::string> version = {"nextpnr-ice40", "--version"};
    const cosim::Completed told = cosim::run(version, job.work);
    const std::string text = told.output + told.errors;
    if (const std::size_t at = text.find("Version "); at != std::string::npos) {
        record.version = text.substr(at + 8, text.find_first_of(")\n", at) - at - 8);
    }
    return record;
}

} // namespace bitgrain::synthesis
