// The command line as a whole: reads it, runs the command and turns every failure into one message and an exit code.
#pragma once

#include "cli/command.hpp"

#include <span>

namespace bitgrain::cli {

using CommandFunction = Command (*)(CLI::App&);

/// `arguments` are the ones after the program's name. The only place that catches errors.
int run_program(std::span<const char* const> arguments, std::span<const CommandFunction> table);

} // namespace bitgrain::cli
