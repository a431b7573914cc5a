// Files for vendor tools beside a design, from the templates under constraints/: an out-of-context clock constraint
// and, where the target is a real part, a build script. The Verilog files are expected in rtl/ beside them.
#pragma once

#include "hw/target.hpp"
#include "rtl/emit.hpp"

#include <filesystem>
#include <vector>

namespace bitgrain::rtl {

/// "<module>_ooc.xdc" and, unless the target has no part, "build.tcl".
std::vector<File> constraint_files(const std::filesystem::path& constraints, const hw::Target& target,
                                   const Signature& signature);

} // namespace bitgrain::rtl
