// bitgrain export: the netlist of a model in another tool's format.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/steps.hpp"
#include "exchange/alir.hpp"
#include "lower/lower.hpp"
#include "opt/passes.hpp"
#include "report/text.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path model, file;
    std::string format = "alir";
    bool json = false;
};

int run(const Arguments& arguments) {
    if (arguments.format != "alir") throw Error("the format is not known", arguments.format, "known: alir");
    const model::Model model = model::read(require_model(arguments.model));
    const ir::Netlist netlist = opt::optimize(lower::lower(model, {}));
    write_file(arguments.file, exchange::to_alir(netlist).dump() + "\n");
    report::Report report;
    report.title = model.name + ": exported";
    report.sections.push_back(report::model_section(model));
    report.sections.push_back(report::files_section({{"alir", arguments.file.string()}}));
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

Command export_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("export", "Write the netlist of a model for another tool");
    app->add_option("model", arguments->model, "The model file")->required()->type_name("MODEL.json");
    app->add_option("-o,--output", arguments->file, "The file to write")->required()->type_name("FILE");
    app->add_option("--format", arguments->format, "alir: alkaid's JSON, version 4")
        ->capture_default_str()
        ->type_name("FORMAT");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain export model.json --format alir -o program.json"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
