// bitgrain report: what is known about a build, a training run or a model, as a table and as a page.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/new_folder.hpp"
#include "cli/steps.hpp"
#include "report/html.hpp"
#include "report/synthesis.hpp"
#include "report/text.hpp"

#include <memory>
#include <unistd.h>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path folder;
    std::optional<fs::path> html;
    bool per_neuron = false, json = false;
};

report::Report of_build(const fs::path& folder) {
    const fs::path file = folder / "report.json";
    report::Report report = report::from_json(read_json(file), file.string());
    const fs::path verification = folder / "verification.json";
    if (fs::exists(verification)) {
        const auto v = report::verification_from_json(read_json(verification), verification.string());
        report::put(report, report::verification_section(v));
    }
    if (const auto records = synthesis::read_records(folder); !records.empty()) {
        report.comparisons = report::compare(report, records);
        report::put(report, report::synthesis_section(report, records));
    }
    return report;
}

report::Report of_run(const fs::path& folder) {
    const nn::Front front = nn::read_front(folder);
    report::Report report;
    report.title = "Training run " + folder.string();
    report.sections.push_back(training_section(front));
    report.front = report_front(front, nullptr);
    return report;
}

/// The estimates are those of `build` with its default options.
report::Report of_model(const fs::path& file) {
    const model::Model model = model::read(require_model(file));
    const WorkFolder work(fs::temp_directory_path() / ("bitgrain_report_" + std::to_string(::getpid())));
    report::Report report = build_step(model, {}, work.path() / "build");
    report.sections.insert(report.sections.begin() + 1, report::widths_section(model));
    return report;
}

int run(const Arguments& arguments) {
    fs::path build;
    report::Report report;
    if (fs::is_regular_file(arguments.folder)) {
        report = of_model(arguments.folder);
    } else if (is_build(arguments.folder) || is_build(arguments.folder / "build")) {
        build = require_build(arguments.folder);
        report = of_build(build);
    } else if (is_run(arguments.folder) || is_run(arguments.folder / "run")) {
        report = of_run(require_run(arguments.folder));
    } else {
        refuse_artefact(arguments.folder, "a build, a training run or a model");
    }
    if (arguments.html) write_file(*arguments.html, report::to_html(report));
    if (!build.empty()) report.sections.push_back(build_files(build));
    std::string text = report::to_text(report);
    if (arguments.per_neuron) text += "\nNeurons, estimated\n" + report::neurons_text(report.neurons);
    print_result(arguments.json, text, report::to_json(report));
    return exit_ok;
}

} // namespace

Command report_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("report", "Print what is known about a build, a training run or a model");
    app->add_option("folder", arguments->folder,
                    "A build folder, a run folder, the folder that run wrote, or a model file (estimated as build "
                    "would make it)")
        ->required()
        ->type_name("BUILD|RUN|MODEL.json");
    app->add_option("--html", arguments->html, "Write the report as a self-contained page too")->type_name("FILE");
    app->add_flag("--per-neuron", arguments->per_neuron, "Print the area of every neuron too");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain report build --html report.html"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
