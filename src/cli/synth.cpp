// bitgrain synth: what open synthesis tools make of a build, written beside its estimates.
#include "base/error.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/home.hpp"
#include "cli/steps.hpp"
#include "report/synthesis.hpp"
#include "report/text.hpp"
#include "rtl/emit.hpp"
#include "synthesis/run_tools.hpp"

#include <algorithm>
#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path folder;
    std::string tool = "yosys", flow = "xilinx";
    bool merge = false, place = false, json = false;
};

int run(const Arguments& arguments) {
    const std::vector<std::string> flows = synthesis::flow_names();
    if (arguments.tool != "yosys") throw Error("'" + arguments.tool + "' is not known", "--tool", "known: yosys");
    if (std::find(flows.begin(), flows.end(), arguments.flow) == flows.end()) {
        std::string known;
        for (const std::string& flow : flows)
            known += (known.empty() ? "known: " : ", ") + flow;
        throw Error("'" + arguments.flow + "' is not known", "--target-flow", known);
    }
    if (arguments.place && arguments.flow != "ice40") {
        throw Error("only iCE40 can be placed and routed here", "--place", "add --target-flow ice40");
    }
    const fs::path build = require_build(arguments.folder);
    const fs::path signature_file = build / "signature.json";
    const rtl::Signature signature = rtl::signature_from_json(read_json(signature_file), signature_file.string());

    synthesis::Job job;
    job.rtl = build / "rtl";
    job.module = signature.module;
    job.constraints = find_home().constraints;
    job.work = build / "synthesis" / arguments.flow;
    job.flow = arguments.flow;
    job.one_chain = !arguments.merge;
    job.in_width = signature.in_width;
    job.out_width = signature.out_width;
    job.clock_ns = signature.clock_ns;
    std::vector<synthesis::Record> records = synthesis::read_records(build);
    print_step("synthesising with yosys");
    synthesis::merge(records, synthesis::run_yosys(job));
    if (arguments.place) {
        print_step("placing with nextpnr");
        synthesis::merge(records, synthesis::place_ice40(job));
    }
    synthesis::write_records(build, records);
    print_synthesis(build, records, arguments.json);
    return exit_ok;
}

} // namespace

void print_synthesis(const fs::path& build, const std::vector<synthesis::Record>& records, bool json) {
    const fs::path file = build / "report.json";
    report::Report report = report::from_json(read_json(file), file.string());
    const report::Section section = report::synthesis_section(report, records);
    report::Report shown;
    shown.title = report.title;
    shown.sections.push_back(section);
    print_result(json, report::to_text(shown), report::to_json(shown));
}

Command synth_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    CLI::App* app = program.add_subcommand("synth", "Synthesise a build with open tools, beside the estimates");
    app->add_option("build", arguments->folder, "The build folder")->required()->type_name("BUILD");
    app->add_option("--tool", arguments->tool, "The synthesis tool")->capture_default_str()->type_name("NAME");
    app->add_option("--target-flow", arguments->flow, "Fabric to map to: xilinx, ice40 or ecp5")
        ->capture_default_str()
        ->type_name("NAME");
    app->add_flag("--place", arguments->place, "iCE40: place and route too, for the clock (nextpnr-ice40)");
    app->add_flag("--merge-adders", arguments->merge,
                  "Let yosys merge adders into compressor trees instead of one carry chain each");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain synth build --tool yosys"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
