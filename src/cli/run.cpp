// bitgrain run: from an experiment to verified Verilog and a report, all in one folder.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/kit.hpp"
#include "cli/new_folder.hpp"
#include "cli/steps.hpp"
#include "nn/pick.hpp"
#include "report/html.hpp"
#include "report/text.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t designs_shown = 8;
constexpr double dearest_shown = 2.0;

struct Arguments {
    fs::path experiment, folder;
    nn::TrainOptions training;
    std::optional<std::string> pick, target;
    std::optional<double> clock_ns;
    std::size_t random_vectors = 10000;
    bool resume = false, json = false;
};

/// Everything has its place below the folder of the run.
struct Places {
    fs::path run, model, build, test_x, html;

    explicit Places(const fs::path& folder)
        : run(folder / "run"), model(folder / "model.json"), build(folder / "build"), test_x(run / "test_x.npy"),
          html(build / "report.html") {}
};

void check_folder(const fs::path& folder) {
    if (fs::exists(folder) && !fs::is_directory(folder))
        throw Error("a file is in the way of the folder", folder.string());
    if (!fs::exists(folder) || fs::is_empty(folder) || fs::exists(folder / "run" / "experiment.json")) return;
    throw Error("the folder has content that bitgrain run did not write", folder.string(), "choose another with -o");
}

report::Section files(const Places& places) {
    report::Section section = report::files_section({{"run", places.run.string()}, {"model", places.model.string()}});
    for (report::Row& row : build_files(places.build).rows)
        section.rows.push_back(std::move(row));
    return section;
}

int run(const Arguments& arguments) {
    const nn::Experiment experiment = nn::read_experiment(require_experiment(arguments.experiment));
    check_folder(arguments.folder);
    const BuildOptions options = build_options(experiment, arguments.target, arguments.clock_ns);
    const std::string rule = arguments.pick.value_or(experiment.pick);
    check_build(options); // before a long training, and so is the rule
    nn::read_pick(rule, experiment.metric);
    const FolderLock lock(arguments.folder);
    const Places places(arguments.folder);
    if (is_build(places.build)) require_no_foreign_files(places.build);

    print_step("[1/4] train " + experiment.name + " -> " + places.run.string());
    nn::TrainOptions training = arguments.training;
    training.run = places.run;
    training.resume = arguments.resume && fs::exists(places.run / "experiment.json");
    train_step(experiment, training);

    print_step("[2/4] freeze " + rule + " -> " + places.model.string());
    const nn::Freezer freezer(places.run);
    const nn::FreezeOptions freezing{rule, std::nullopt};
    const nn::Point& picked = pick_step(freezer, rule, options, freezing);
    const model::Model model = freezer.freeze(picked, freezing);
    model::write(places.model, model);

    print_step("[3/4] build for " + options.target + " -> " + places.build.string());
    report::Report report = build_step(model, options, places.build);

    print_step("[4/4] verify");
    VerifyOptions verification;
    if (fs::exists(places.test_x)) verification.data = places.test_x;
    verification.random_vectors = arguments.random_vectors;
    if (arguments.training.seed) verification.seed = *arguments.training.seed;
    const report::Verification verified = verify_step(places.build, verification);

    report.sections.push_back(report::verification_section(verified));
    DesignsOptions designs;
    designs.run = places.run;
    designs.build = options;
    designs.points = designs_shown;
    designs.most_ebops = dearest_shown * picked.ebops; // the front may reach to networks that take long to build
    report.front = designs_step(freezer, designs, &picked);
    write_file(places.build / "report.json", report::to_json(report).dump(2) + "\n");
    write_file(places.html, report::to_html(report));
    report.sections.push_back(files(places));
    const Json json = report::to_json(report);
    print_result(arguments.json, report::to_text(report), json);
    return verified.passed() ? exit_ok : exit_mismatch;
}

} // namespace

Command run_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("run", "Do it all: train, freeze, build, verify, report");
    app->add_option("experiment", arguments->experiment, "The experiment file (JSON)")
        ->required()
        ->type_name("EXPERIMENT");
    app->add_option("-o,--output", arguments->folder, "The folder for everything; an older run in it is replaced")
        ->required()
        ->type_name("DIR");
    app->add_flag("--resume", arguments->resume,
                  "Continue the training in DIR where it stopped, or take it as it is when it has ended, for the steps "
                  "after it");
    add_training_options(*app, arguments->training);
    app->add_option("--pick", arguments->pick,
                    "Point of the front instead of the experiment's: best, best-0.005, accuracy>=0.95, ebops<=3000, "
                    "lut<=5000,ns<=20")
        ->type_name("RULE");
    app->add_option("--target", arguments->target, "Device instead of the experiment's")->type_name("NAME");
    app->add_option("--clock-ns", arguments->clock_ns, "Clock period in ns instead of the experiment's")
        ->type_name("NS");
    app->add_option("--random", arguments->random_vectors, "Random vectors for the verification")
        ->check(CLI::Range(0, 100000000).description(""))
        ->capture_default_str()
        ->type_name("COUNT");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain run examples/digits/experiment.json -o build/demo") +
                "\nDIR/run is the training run, DIR/model.json the model, DIR/build the Verilog and the report.");
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
