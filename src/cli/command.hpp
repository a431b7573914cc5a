// What a command is to main: a CLI11 subcommand with its options, and the function that runs it.
// Each command lives in its own file and is one line in the table of main.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace bitgrain::cli {

/// `run` is called after the command line was read; it returns the exit code: 0, or 1 when a verification found
/// mismatches.
struct Command {
    CLI::App* options = nullptr;
    std::function<int()> run;
};

Command train_command(CLI::App& program);
Command front_command(CLI::App& program);
Command freeze_command(CLI::App& program);
Command import_command(CLI::App& program);
Command export_command(CLI::App& program);
Command evaluate_command(CLI::App& program);
Command trace_command(CLI::App& program);
Command build_command(CLI::App& program);
Command verify_command(CLI::App& program);
Command report_command(CLI::App& program);
Command synth_command(CLI::App& program);
Command read_report_command(CLI::App& program);
Command calibrate_target_command(CLI::App& program);
Command run_command(CLI::App& program);
Command cmvm_command(CLI::App& program);

inline constexpr int exit_ok = 0;
inline constexpr int exit_mismatch = 1;
inline constexpr int exit_user_error = 2;
inline constexpr int exit_bug = 70;

/// "Example:" and the lines, as shown below the options.
std::string examples(const std::string& lines);

} // namespace bitgrain::cli
