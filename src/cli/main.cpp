// Wiring: the table of commands. A new command is one file and one line here.
#include "cli/program.hpp"

#include <array>

int main(int argc, char** argv) {
    using namespace bitgrain::cli;
    constexpr std::array commands{
        &train_command,            //
        &front_command,            //
        &freeze_command,           //
        &import_command,           //
        &export_command,           //
        &evaluate_command,         //
        &trace_command,            //
        &build_command,            //
        &verify_command,           //
        &report_command,           //
        &synth_command,            //
        &read_report_command,      //
        &calibrate_target_command, //
        &run_command,              //
        &cmvm_command,             //
    };
    return run_program({argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0)}, commands);
}
