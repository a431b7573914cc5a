// bitgrain front: the points of a run's front as hardware, side by side: what accuracy costs in LUT, FF and latency.
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
#include <unistd.h>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* table_file = "designs.json"; // never the name of a file in a run folder

struct Arguments {
    fs::path run;
    std::optional<std::string> target, pick;
    std::string effort = "normal";
    std::optional<double> clock_ns;
    DesignsOptions designs;
    std::optional<fs::path> html;
    bool verify = false, json = false;
};

double hardware_number(const report::Report& report, const std::string& key) {
    const report::Row* row = report::find(report, "hardware", key);
    CHECK(row != nullptr, "a build reports " + key);
    if (const auto* whole = std::get_if<std::int64_t>(&row->value)) return static_cast<double>(*whole);
    return std::get<double>(row->value);
}

report::Design design_of(const model::Model& model, const report::Report& built) {
    report::Design design;
    if (model.facts.contains("test")) design.test = model.facts.at("test").get<double>();
    design.adders = static_cast<std::int64_t>(hardware_number(built, "adders"));
    design.latency_cycles = static_cast<std::int64_t>(hardware_number(built, "latency_cycles"));
    design.latency_ns = hardware_number(built, "latency_ns");
    design.lut = hardware_number(built, "lut");
    design.ff = hardware_number(built, "ff");
    return design;
}

/// A folder of designs is replaced as a whole, so it must hold nothing else.
void require_no_foreign_designs(const fs::path& folder) {
    if (!fs::exists(folder / table_file)) return;
    for (const auto& entry : fs::directory_iterator(folder)) {
        if (entry.path().filename() == table_file) continue;
        if (!is_build(entry.path())) {
            throw Error(
                "the folder holds something that bitgrain front did not write, and would be replaced as a whole",
                entry.path().string(), "move it away, or choose another folder with -o");
        }
        require_no_foreign_files(entry.path());
    }
}

std::int64_t mismatches(const fs::path& build, const fs::path& run, const VerifyOptions& verification) {
    VerifyOptions options = verification;
    if (fs::exists(run / "test_x.npy")) options.data = run / "test_x.npy";
    const report::Verification v = verify_step(build, options);
    // A wrong latency is as bad as a wrong value; it shows in every vector.
    return v.scheduled_cycles == v.simulated_cycles ? v.mismatches : v.vectors();
}

int run(Arguments arguments) {
    const fs::path folder = require_run(arguments.run);
    if (arguments.pick) check_pick(nn::read_front(folder), *arguments.pick); // before the data are read
    const nn::Freezer freezer(folder);
    DesignsOptions& options = arguments.designs;
    options.run = folder;
    options.build = build_options(freezer.experiment(), arguments.target, arguments.clock_ns);
    options.build.effort = read_effort(arguments.effort);
    if (arguments.verify) options.verification = VerifyOptions{};
    const nn::Point* picked =
        arguments.pick ? &pick_step(freezer, *arguments.pick, options.build, {"", options.cover, options.proven})
                       : nullptr;

    report::Report report;
    report.title = freezer.experiment().name + ": designs of the front for " + options.build.target;
    report.front = designs_step(freezer, options, picked);
    bool equal = true;
    for (const report::FrontPoint& point : report.front->points)
        equal = equal && (!point.design || point.design->mismatches.value_or(0) == 0);
    if (arguments.html) write_file(*arguments.html, report::to_html(report));
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return equal ? exit_ok : exit_mismatch;
}

} // namespace

BuildOptions build_options(const nn::Experiment& experiment, const std::optional<std::string>& target,
                           const std::optional<double>& clock_ns) {
    BuildOptions options;
    options.target = target.value_or(experiment.target);
    options.timing = experiment.timing;
    if (clock_ns) {
        options.timing.clock_ns = clock_ns;
        options.timing.fastest = false;
    }
    options.operands = experiment.operands;
    options.tables = experiment.tables;
    return options;
}

report::Front designs_step(const nn::Freezer& freezer, const DesignsOptions& options, const nn::Point* picked) {
    report::Front front = report_front(freezer.front(), picked);
    std::erase_if(front.points, [&](const report::FrontPoint& p) { return !p.picked && p.ebops > options.most_ebops; });
    if (front.points.empty()) throw Error("no point costs so little", "--up-to", "the front starts above");
    const fs::path scratch = fs::temp_directory_path() / ("bitgrain_front_" + std::to_string(::getpid()));
    std::optional<WorkFolder> work;
    std::optional<NewFolder> kept;
    if (options.folder) {
        require_no_foreign_designs(*options.folder);
        kept.emplace(*options.folder, [](const fs::path& old) { return fs::exists(old / table_file); });
    } else {
        work.emplace(scratch);
    }
    const fs::path& place = kept ? kept->path() : work->path();
    const std::vector<std::size_t> chosen = report::chosen(front, options.points);
    for (std::size_t number = 1; const std::size_t i : chosen) {
        report::FrontPoint& point = front.points[i];
        const std::string rule = nn::rule_of(point.ebops);
        const std::string name = "ebops_" + std::to_string(static_cast<std::int64_t>(point.ebops));
        print_step("design " + std::to_string(number++) + " of " + std::to_string(chosen.size()) +
                   ": freeze and build " + rule);
        const model::Model model = freezer.freeze({rule, options.cover, options.proven});
        const report::Report built = build_step(model, options.build, place / name);
        point.design = design_of(model, built);
        if (options.verification)
            point.design->mismatches = mismatches(place / name, options.run, *options.verification);
        if (kept) point.design->folder = (*options.folder / name).string();
    }
    if (kept) {
        report::Report table;
        table.title = freezer.experiment().name;
        table.front = front;
        write_file(place / table_file, report::to_json(table).dump(2) + "\n");
        kept->put_in_place();
    }
    return front;
}

Command front_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    DesignsOptions& designs = arguments->designs;
    CLI::App* app = program.add_subcommand("front", "Show what the points of a run's front take as hardware");
    app->add_option("run", arguments->run, "The run folder that train wrote, or the folder that run wrote")
        ->required()
        ->type_name("RUN");
    app->add_option("--points", designs.points, "Points at most, evenly chosen, the ends among them")
        ->check(CLI::Range(2, 100000).description(""))
        ->capture_default_str()
        ->type_name("COUNT");
    app->add_option("--up-to", designs.most_ebops, "Leave out points of more EBOPs")
        ->check(CLI::PositiveNumber.description(""))
        ->type_name("EBOPS");
    app->add_option("--effort", arguments->effort, "Search for shared sums: fast, normal or high")
        ->capture_default_str()
        ->type_name("LEVEL");
    app->add_option("-o,--output", designs.folder, "Keep the builds, a folder for each point, in this one")
        ->type_name("DIR");
    app->add_flag("--verify", arguments->verify, "Simulate every design and compare it with its model, bit for bit");
    app->add_option("--target", arguments->target, "Device instead of the experiment's")->type_name("NAME");
    app->add_option("--clock-ns", arguments->clock_ns, "Clock period in ns instead of the experiment's")
        ->type_name("NS");
    app->add_option("--pick", arguments->pick, "Mark, and in any case show, the point that freeze --pick would take")
        ->type_name("RULE");
    app->add_option("--cover", designs.cover,
                    "Widen the calibrated ranges by this factor; the experiment's value when not given")
        ->type_name("FACTOR");
    app->add_flag("--proven", designs.proven, "Integer bits from interval analysis: no input whatsoever can overflow");
    app->add_option("--html", arguments->html, "Write the table as a self-contained page too")->type_name("FILE");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain front run --clock-ns 5\n"
                         "bitgrain front run -o designs --verify") +
                "\nExit code 1 when --verify finds a difference.");
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
