// Verilator and the C++ compiler: emitted files + a harness of sim/ -> one executable.
#pragma once

#include "cosim/simulate.hpp"

#include <filesystem>
#include <string>

namespace bitgrain::cosim {

/// `harness`: "harness.cpp". Returns the executable, inside options.work. Throws Error with the tool's own message when
/// it refuses the design.
std::filesystem::path build(const std::string& module, const std::string& harness, const Options& options);

} // namespace bitgrain::cosim
