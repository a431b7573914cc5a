// bitgrain import: another trainer's or compiler's file -> model.json.
#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/steps.hpp"
#include "import/read.hpp"
#include "model/inference.hpp"
#include "report/text.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path file, model;
    std::vector<std::string> classes;
    std::optional<std::string> name;
    bool json = false;
};

void set_classes(model::Model& model, const std::vector<std::string>& classes, const fs::path& file) {
    if (classes.empty()) return;
    if (model.outputs.size() != 1 || model::output_count(model) != classes.size()) {
        throw Error(std::to_string(classes.size()) + " class names for " + std::to_string(model::output_count(model)) +
                        " outputs",
                    file.string());
    }
    model.task.kind = model::Task::Kind::classification;
    model.task.classes = classes;
    model::validate(model, file.string());
}

int run(const Arguments& arguments) {
    model::Model model = import::read(arguments.file);
    set_classes(model, arguments.classes, arguments.file);
    if (arguments.name) {
        if (arguments.name->empty()) throw Error("the name is empty", "--name");
        model.name = *arguments.name;
    }
    model::write(arguments.model, model);
    report::Report report;
    report.title = model.name + ": imported model";
    report.sections.push_back(report::model_section(model));
    report.sections.push_back(report::files_section({{"model", arguments.model.string()}}));
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

Command import_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("import", "Read a network of HGQ2 or HGQ 1, or an ALIR or DAIS program");
    app->add_option("file", arguments->file, "A .keras, .h5, .json or .json.gz file; the content decides")
        ->required()
        ->type_name("FILE");
    app->add_option("-o,--output", arguments->model, "The model file to write")->required()->type_name("MODEL.json");
    app->add_option("--classes", arguments->classes, "Names of the outputs: makes the network a classifier")
        ->delimiter(',')
        ->type_name("NAME,...");
    app->add_option("--name", arguments->name, "Name of the design, its Verilog module too, instead of the file's")
        ->type_name("NAME");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain import model.keras -o model.json --name jet_tagger"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
