// A netlist taken through schedule, emission and the three Verilog readers, for the tests of this folder.
#pragma once

#include "base/file.hpp"
#include "base/random.hpp"
#include "cosim/process.hpp"
#include "cosim/simulate.hpp"
#include "hw/schedule.hpp"
#include "ir/evaluate.hpp"
#include "rtl/emit.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

namespace bitgrain::test {

namespace fs = std::filesystem;

inline const fs::path source_folder = BITGRAIN_SOURCE_DIR;

/// A folder of its own that goes away with the test.
class Scratch {
  public:
    explicit Scratch(const std::string& name = "plain") {
        std::string pattern = (fs::temp_directory_path() / "bitgrain-test-XXXXXX").string();
        REQUIRE(::mkdtemp(pattern.data()) != nullptr);
        root_ = pattern;
        path_ = root_ / name;
        fs::create_directories(path_);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(root_, ignored);
    }
    const fs::path& path() const { return path_; }

  private:
    fs::path root_, path_;
};

struct Design {
    ir::Netlist netlist;
    hw::Schedule schedule;
    rtl::Signature signature;
    rtl::Verilog verilog;
};

inline hw::Target target(const std::string& name = "xcvu13p") {
    return hw::read_target(source_folder / "constraints", name);
}

inline Design make_design(const ir::Netlist& netlist, const hw::ScheduleOptions& options,
                          const std::string& target_name = "xcvu13p", rtl::Layout layout = rtl::Layout::per_layer) {
    Design design;
    design.netlist = netlist;
    const hw::Target device = target(target_name);
    design.schedule = hw::schedule(device, netlist, options);
    design.signature = rtl::signature(netlist, design.schedule);
    design.verilog = rtl::emit(netlist, design.schedule, design.signature, {layout, device});
    return design;
}

/// No registers at all.
inline hw::ScheduleOptions combinational() {
    hw::ScheduleOptions options;
    options.clock_ns = 1e6;
    options.input_registers = options.output_registers = false;
    return options;
}

inline void write_files(const Design& design, const fs::path& folder) {
    for (const rtl::File& file : design.verilog.files)
        write_file(folder / file.name, file.text);
    for (const std::string& cell : design.verilog.cells) {
        fs::copy_file(source_folder / "rtl_lib" / (cell + ".v"), folder / (cell + ".v"),
                      fs::copy_options::overwrite_existing);
    }
}

/// Our models of the devices' primitives, for simulations of the cells as they are synthesised.
inline void write_primitives(const fs::path& folder) {
    for (const fs::directory_entry& entry : fs::directory_iterator(source_folder / "rtl_lib" / "sim")) {
        if (entry.path().extension() == ".v") fs::copy_file(entry.path(), folder / entry.path().filename());
    }
}

inline std::vector<std::string> sources(const Design& design) {
    std::vector<std::string> names;
    for (const rtl::File& file : design.verilog.files)
        names.push_back(file.name);
    for (const std::string& cell : design.verilog.cells)
        names.push_back(cell + ".v");
    return names;
}

inline void require_silent(std::vector<std::string> command, const std::vector<std::string>& files,
                           const fs::path& folder) {
    command.insert(command.end(), files.begin(), files.end());
    const cosim::Completed done = cosim::run(command, folder);
    INFO(command[0] + ": " + cosim::last_lines(done.output + done.errors, 20));
    CHECK(done.status == 0);
    CHECK(done.errors.empty());
}

/// Lint without any waiver.
inline void require_lint_clean(const Design& design, const fs::path& folder,
                               const std::vector<std::string>& defines = {}) {
    std::vector<std::string> command{"verilator", "--lint-only", "-Wall", "--top-module", design.signature.module};
    command.insert(command.end(), defines.begin(), defines.end());
    require_silent(command, sources(design), folder);
}
inline void require_iverilog(const Design& design, const fs::path& folder) {
    require_silent({"iverilog", "-g2001", "-Wall", "-Wno-timescale", "-t", "null", "-s", design.signature.module},
                   sources(design), folder);
}
inline void require_yosys(const Design& design, const fs::path& folder) {
    std::string script = "read_verilog -lib +/xilinx/cells_sim.v; read_verilog";
    for (const std::string& file : sources(design))
        script += ' ' + file;
    script += "; hierarchy -check -top " + design.signature.module + "; proc; check -assert";
    require_silent({"yosys", "-q", "-e", ".*", "-p", script}, {}, folder);
}
inline void require_accepted(const Design& design, const fs::path& folder) {
    require_lint_clean(design, folder);
    require_iverilog(design, folder);
    require_yosys(design, folder);
}

struct Run {
    std::size_t rows = 1000;
    bool stalls = false;
    bool optimize = false;
    std::uint64_t seed = 1;
    cosim::AddersOfThree adders = cosim::AddersOfThree::cells;
};

/// Simulates the vectors and compares every output of every row with evaluate(), and the latency with the schedule.
inline void require_equal(const Design& design, const fs::path& folder, const std::vector<std::int64_t>& inputs,
                          const Run& run) {
    const std::vector<std::int64_t> expected = ir::evaluate(design.netlist, inputs, run.rows);
    const cosim::Options options{folder,    source_folder / "sim", folder / "sim", run.optimize, run.stalls, run.seed,
                                 run.adders};
    const cosim::Result result = cosim::simulate(design.signature, inputs, run.rows, options);
    CHECK(result.latency_cycles == design.schedule.latency_cycles());
    REQUIRE(result.outputs.size() == expected.size());
    const std::size_t outputs = design.netlist.outputs.size();
    std::size_t wrong = 0;
    std::string first;
    for (std::size_t i = 0; i < expected.size(); ++i) {
        if (result.outputs[i] == expected[i]) continue;
        if (wrong++ == 0) {
            first = design.netlist.outputs[i % outputs].name + " of row " + std::to_string(i / outputs) + ": " +
                    std::to_string(result.outputs[i]) + " instead of " + std::to_string(expected[i]);
        }
    }
    INFO(first);
    CHECK(wrong == 0);
}

inline void require_equal(const Design& design, const fs::path& folder, const Run& run) {
    INFO("vectors from seed " << run.seed);
    require_equal(design, folder, random_inputs(design.netlist, run.rows, run.seed), run);
}

} // namespace bitgrain::test
