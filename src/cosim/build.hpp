// Verilator and the C++ compiler: emitted files + sim/harness.cpp -> one executable.
#pragma once

#include "cosim/simulate.hpp"

#include <filesystem>
#include <string>

namespace bitgrain::cosim {

/// Returns the executable, inside options.work. Throws Error with the tool's own message when it refuses the design.
std::filesystem::path build(const std::string& module, const Options& options);

} // namespace bitgrain::cosim
