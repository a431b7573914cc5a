// bitgrain calibrate-target: refits a target's coefficients to what tools measured on several builds.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/home.hpp"
#include "cli/steps.hpp"
#include "hw/calibrate.hpp"
#include "report/number.hpp"
#include "report/text.hpp"
#include "synthesis/record.hpp"

#include <memory>
#include <set>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    std::string target;
    std::vector<fs::path> builds;
    fs::path output;
    std::string tool;
    bool json = false;
};

/// Measured by one tool at one step, so that the numbers mean the same.
struct Measured {
    std::vector<hw::Sample> samples;
    std::string tool; ///< "yosys 0.23, synthesised"
};

std::string described(const synthesis::Record& record) {
    return record.tool + (record.version.empty() ? "" : " " + record.version) + ", " + name(record.kind);
}

Measured collect(const Arguments& arguments) {
    Measured measured;
    std::set<std::string> kinds;
    for (const fs::path& folder : arguments.builds) {
        const fs::path build = require_build(folder);
        const fs::path file = build / hw::features_file;
        hw::Sample sample;
        sample.features = hw::features_from_json(read_json(file), file.string());
        for (const synthesis::Record& record : synthesis::read_records(build)) {
            if (!arguments.tool.empty() && record.tool != arguments.tool) continue;
            kinds.insert(record.tool + ", " + name(record.kind));
            measured.tool = described(record);
            sample.lut = record.lut;
            sample.ff = record.ff;
            sample.period_ns = record.period_ns;
        }
        measured.samples.push_back(sample);
    }
    if (kinds.empty()) {
        throw Error("none of the builds holds a synthesis result", "",
                    "run bitgrain synth or bitgrain read-report on each of them first");
    }
    if (kinds.size() > 1) {
        std::string list;
        for (const std::string& kind : kinds)
            list += (list.empty() ? "" : "; ") + kind;
        throw Error("the builds were measured by different tools: " + list, "", "choose one with --tool");
    }
    return measured;
}

report::Row fitted_row(const std::string& key, const std::string& name, const std::optional<hw::Fitted>& fitted) {
    if (!fitted) return {key, name, std::string("not fitted: too few results"), "", report::Source::given, ""};
    return {key,
            name,
            fitted->spread,
            "ratio",
            report::Source::computed,
            "spread (1 sigma) of " + std::to_string(fitted->samples) + " builds"};
}

int run(const Arguments& arguments) {
    const Home home = find_home();
    const hw::Target target = hw::read_target(home.constraints, arguments.target);
    const Measured measured = collect(arguments);
    hw::Calibration calibration;
    calibration.luts = hw::fit_luts(target, measured.samples);
    calibration.delays = hw::fit_delays(target, measured.samples);
    calibration.ff = hw::ff_spread(measured.samples);
    if (!calibration.luts && !calibration.delays) {
        throw Error("there are too few results to fit anything", std::to_string(measured.samples.size()) + " builds",
                    "more builds than coefficients are needed, of different networks and clocks: about 6 for LUT, 7 "
                    "with a period for delays");
    }
    calibration.source = "Fitted by bitgrain calibrate-target to " + std::to_string(measured.samples.size()) +
                         " builds, " + measured.tool + ".";
    const Json file = hw::calibrated(read_json(home.constraints / arguments.target / "target.json"), calibration);
    write_file(arguments.output, file.dump(2) + "\n");

    report::Report report;
    report.title = "Calibration of " + arguments.target;
    report::Section section{"calibration", "Fit", {}};
    section.rows.push_back({"tool", "measured by", measured.tool, "", report::Source::given, ""});
    section.rows.push_back(fitted_row("lut", "LUT", calibration.luts));
    section.rows.push_back(fitted_row("period", "period", calibration.delays));
    section.rows.push_back({"file", "written", arguments.output.string(), "", report::Source::given, ""});
    report.sections.push_back(section);
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

Command calibrate_target_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("calibrate-target", "Refit a target's estimates to synthesis results");
    app->add_option("target", arguments->target, "The target to start from")->required()->type_name("NAME");
    app->add_option("builds", arguments->builds, "Build folders with results of synth or read-report")
        ->required()
        ->type_name("BUILD...");
    app->add_option("-o,--output", arguments->output, "The new target file")->required()->type_name("target.json");
    app->add_option("--tool", arguments->tool, "Use the results of this tool only")->type_name("NAME");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain calibrate-target xcvu13p build_a build_b ... -o target.json"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
