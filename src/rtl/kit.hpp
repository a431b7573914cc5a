// Everything in a build folder beside the Verilog: test bench, constraints, scripts for the tools, Makefile, README.
// All from templates under constraints/; the Verilog is expected in rtl/, the vectors of the test bench in tb/.
#pragma once

#include "hw/model.hpp"
#include "hw/target.hpp"
#include "rtl/emit.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace bitgrain::rtl {

/// One per output.
std::vector<Place> output_places(const ir::Netlist& netlist);

/// What the numbers stand for, for the README; each list in the order of inputs or outputs, or empty.
struct Meaning {
    std::vector<std::string> features, classes;
    bool decided = false;              ///< a head stands behind the classes' scores
    std::vector<double> scale, offset; ///< target = output * scale + offset
};

struct Kit {
    const hw::Target& target;
    const Signature& signature;
    std::vector<std::string> rtl; ///< files in rtl/, sorted
    std::vector<Place> places;    ///< of the outputs
    std::vector<Probe> probes;    ///< what the test bench looks at inside
    std::size_t vectors = 0;      ///< of the test bench
    hw::Area area;                ///< estimated
    std::string version;          ///< of the program, "0.1.0"
    Meaning meaning;
};

/// Names are paths in the build folder: "README.md", "scripts/build.tcl". Vendor scripts that need a part are left out
/// when the target has none.
std::vector<File> kit_files(const std::filesystem::path& constraints, const Kit& kit);

} // namespace bitgrain::rtl
