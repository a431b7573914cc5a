// bitgrain read-report: the numbers of a tool's report files, written beside a build's estimates.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/steps.hpp"
#include "synthesis/record.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path folder;
    std::vector<fs::path> files;
    bool json = false;
};

int run(const Arguments& arguments) {
    const fs::path build = require_build(arguments.folder);
    std::vector<synthesis::Record> records = synthesis::read_records(build);
    for (const fs::path& file : arguments.files)
        synthesis::merge(records, synthesis::parse_report(read_file(file), file.string()));
    synthesis::write_records(build, records);
    print_synthesis(build, records, arguments.json);
    return exit_ok;
}

} // namespace

Command read_report_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app =
        program.add_subcommand("read-report", "Read reports of Vivado, Quartus, yosys or nextpnr into a build");
    app->add_option("build", arguments->folder, "The build folder")->required()->type_name("BUILD");
    app->add_option("files", arguments->files, "Utilization and timing reports of that build")
        ->required()
        ->type_name("FILE...");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain read-report build utilization.rpt timing_summary.rpt"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
