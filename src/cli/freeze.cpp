// bitgrain freeze: one point of a run's front -> model.json.
#include "base/error.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/steps.hpp"
#include "nn/front.hpp"
#include "report/text.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path run, model;
    std::string pick = "best";
    std::optional<double> cover, clock_ns;
    std::optional<std::string> target;
    bool proven = false, json = false;
};

int run(const Arguments& arguments) {
    const fs::path run = require_run(arguments.run);
    check_pick(nn::read_front(run), arguments.pick); // before the data are read
    const nn::FreezeOptions options{arguments.pick, arguments.cover, arguments.proven};
    const nn::Freezer freezer(run);
    const BuildOptions build = build_options(freezer.experiment(), arguments.target, arguments.clock_ns);
    const model::Model model = freezer.freeze(pick_step(freezer, arguments.pick, build, options), options);
    model::write(arguments.model, model);
    report::Report report;
    report.title = model.name + ": frozen model";
    report.sections.push_back(report::model_section(model));
    report.sections.push_back(report::files_section({{"model", arguments.model.string()}}));
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

Command freeze_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app =
        program.add_subcommand("freeze", "Calibrate one point of the front and write it as a fixed-point model");
    app->add_option("run", arguments->run, "The run folder that train wrote, or the folder that run wrote")
        ->required()
        ->type_name("RUN");
    app->add_option("-o,--output", arguments->model, "The model file to write")->required()->type_name("MODEL.json");
    app->add_option(
           "--pick", arguments->pick,
           "Which point: best, best-0.005 (the cheapest that is no more than so much worse), accuracy>=0.95 (the "
           "cheapest that reaches it; rms<=2.0 for regression), ebops<=3000 (the best that costs no more), or by what "
           "the design takes: lut<=5000, ff<=, cycles<=, ns<=20, joined by commas")
        ->capture_default_str()
        ->type_name("RULE");
    app->add_option("--target", arguments->target, "Device for limits on designs, instead of the experiment's")
        ->type_name("NAME");
    app->add_option("--clock-ns", arguments->clock_ns, "Clock period in ns for them, instead of the experiment's")
        ->type_name("NS");
    app->add_option("--cover", arguments->cover,
                    "Widen the calibrated ranges by this factor; the experiment's value when not given")
        ->type_name("FACTOR");
    app->add_flag("--proven", arguments->proven,
                  "Take integer bits from interval analysis instead of data: no input whatsoever can overflow");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain freeze run -o model.json --pick 'accuracy>=0.95'\n"
                         "bitgrain freeze run -o model.json --pick 'lut<=3000,ns<=20'"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
