// bitgrain train: experiment.json -> run folder with the Pareto front.
#include "base/error.hpp"
#include "base/interrupt.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/new_folder.hpp"
#include "cli/steps.hpp"
#include "nn/run_folder.hpp"
#include "report/text.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path experiment, run;
    nn::TrainOptions training;
    std::string search;
    bool resume = false, replace = false, json = false;
};

bool is_training(const fs::path& folder) {
    return fs::exists(folder / "experiment.json");
}

/// Hours of training are not overwritten by accident.
void check_folder(const Arguments& arguments) {
    if (fs::exists(arguments.run) && !fs::is_directory(arguments.run))
        throw Error("a file is in the way of the folder", arguments.run.string(), "choose another with -o");
    if (!fs::exists(arguments.run) || fs::is_empty(arguments.run)) return;
    if (!is_training(arguments.run)) {
        throw Error("the folder has content and is no training run", arguments.run.string(), "choose another with -o");
    }
    if (!arguments.resume && !arguments.replace) {
        throw Error("a training run is here already", arguments.run.string(),
                    "--resume continues it, --replace starts anew");
    }
}

std::optional<nn::Search> search_of(const std::string& word) {
    if (word.empty()) return std::nullopt;
    if (word == "network") return nn::Search::network;
    if (word == "layers") return nn::Search::layers;
    throw Error("'" + word + "' is not known", "--search", "known: network, layers");
}

/// The run in the folder, or with --resume the one below it when `run` made it.
fs::path run_folder(const Arguments& arguments) {
    const bool by_run = !is_training(arguments.run) && is_training(arguments.run / "run");
    return arguments.resume && by_run ? arguments.run / "run" : arguments.run;
}

int run(Arguments arguments) {
    const nn::Experiment experiment = nn::read_experiment(require_experiment(arguments.experiment));
    arguments.run = run_folder(arguments);
    check_folder(arguments);
    nn::TrainOptions options = arguments.training;
    options.run = arguments.run;
    options.resume = arguments.resume;
    const nn::Front front = train_step(experiment, options, search_of(arguments.search));

    report::Report report;
    report.title = experiment.name + ": training";
    report.sections.push_back(training_section(front));
    report.sections.push_back(report::files_section({{"run", arguments.run.string()}}));
    report.front = report_front(front, nullptr);
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

nn::Front train_step(const nn::Experiment& experiment, nn::TrainOptions options, std::optional<nn::Search> search) {
    ProgressLine line(experiment.metric.name());
    options.progress = [&](const nn::Progress& progress) { line.show(progress); };
    const auto train = [&] {
        return search ? nn::search(experiment, options, *search) : nn::train(experiment, options);
    };
    // What a failed training wrote is worth keeping when --resume can go on from it.
    const auto can_go_on = [](const fs::path& run) { return fs::exists(run / "state.ckpt"); };
    std::optional<ReplacedFolder> folder;
    if (!options.resume) {
        nn::RunFolder::require_free(options.run); // before it is put aside
        folder.emplace(options.run, can_go_on);
    }
    try {
        nn::Front front = train();
        if (folder) folder->done();
        remove_abandoned(options.run); // also of a start that was killed and is complete now
        return front;
    } catch (const Interrupted&) {
        if (!(folder && folder->replaces()) && can_go_on(options.run))
            print_step("the training so far is kept in " + options.run.string() + ": --resume goes on from it");
        throw;
    }
}

report::Front report_front(const nn::Front& front, const nn::Point* picked) {
    report::Front result{front.metric_name, front.higher_is_better, {}};
    for (const nn::Point& p : front.points) {
        result.points.push_back(
            {p.epoch, p.ebops, p.metric, p.expected, static_cast<std::int64_t>(p.live_weights), picked == &p});
    }
    return result;
}

report::Section training_section(const nn::Front& front) {
    using report::Source;
    report::Section section{"training", "Training", {}};
    section.rows.push_back(report::metric_row("float_metric", "float " + front.metric_name, front.metric_name,
                                              front.float_metric, Source::trained, "validation data"));
    section.rows.push_back(report::metric_row("float_test_metric", "float " + front.metric_name, front.metric_name,
                                              front.float_test_metric, Source::trained, "test data"));
    section.rows.push_back({"weights", "weights", static_cast<std::int64_t>(front.weights), "", Source::trained, ""});
    section.rows.push_back({"points", "points of the Pareto front", static_cast<std::int64_t>(front.points.size()), "",
                            Source::trained, ""});
    return section;
}

void add_training_options(CLI::App& app, nn::TrainOptions& options) {
    app.add_option("--seed", options.seed, "Seed instead of the experiment's; the same seed gives the same bytes")
        ->check(CLI::Range(0.0, 1.8e19).description(""))
        ->type_name("NUMBER");
    app.add_option("--threads", options.threads, "Worker threads; 0 uses all cores; never changes the result")
        ->check(CLI::Range(0, 1024).description(""))
        ->type_name("COUNT");
    app.add_option(
           "--minutes", options.minutes,
           "Time budget: as many ramps from further seeds as fit, then the front polished until the time is up; "
           "with --ramps or --polish, schedules stretched or compressed to end in time")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("MINUTES");
    app.add_option("--ramps", options.ramps,
                   "Train so many times, from seeds that follow each other, side by side on the threads, and join the "
                   "fronts (also with --resume: further ones join)")
        ->check(CLI::Range(1, 100000).description(""))
        ->type_name("COUNT");
    app.add_option("--polish", options.polish,
                   "Polish so many points of the front when training has ended (also with --resume after that)")
        ->check(CLI::Range(0, 100000).description(""))
        ->type_name("POINTS");
    app.add_option("--target-ebops", options.target_ebops,
                   "Steer the cost to this many EBOPs instead of raising beta along its schedule")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("EBOPS");
}

Command train_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("train", "Train a network and keep the Pareto front of its checkpoints");
    app->add_option("experiment", arguments->experiment, "The experiment file (JSON)")
        ->required()
        ->type_name("EXPERIMENT");
    app->add_option("-o,--output", arguments->run, "The run folder to write")->required()->type_name("RUN");
    add_training_options(*app, arguments->training);
    app->add_option("--search", arguments->search,
                    "Instead of training the widths, try fixed ones: network (one width everywhere, each of "
                    "search.widths) or layers (random search with successive halving)")
        ->type_name("WORD");
    app->add_flag("--resume", arguments->resume, "Continue the run in RUN where it stopped");
    app->add_flag("--replace", arguments->replace, "Start anew although RUN holds a run");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain train examples/digits/experiment.json -o run --threads 2\n"
                         "bitgrain train examples/digits/experiment.json -o run --resume"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
