// bitgrain build: model.json -> a folder with the Verilog, its port signature and the estimated numbers.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/design.hpp"
#include "cli/home.hpp"
#include "cli/kit.hpp"
#include "cli/new_folder.hpp"
#include "cli/steps.hpp"
#include "cli/timing.hpp"
#include "hw/area.hpp"
#include "hw/features.hpp"
#include "model/head.hpp"
#include "report/text.hpp"
#include "rtl/axis.hpp"
#include "rtl/emit.hpp"

#include <memory>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path model, folder;
    BuildOptions build;
    std::optional<std::string> slack;
    std::string effort = "normal";
    std::string head;
    bool json = false;
};

bool is_replaceable(const fs::path& folder) {
    if (!is_build(folder)) return false;
    require_no_foreign_files(folder);
    return true;
}

void check(const BuildOptions& options, const hw::Target& target) {
    if (options.operands && (*options.operands < 2 || *options.operands > 3))
        throw Error("must be 2 or 3", "--operands");
    if (options.operands && *options.operands > target.max_add_operands()) {
        throw Error("the target adds at most " + std::to_string(target.max_add_operands()) + " numbers at once",
                    "--operands", "target " + target.name);
    }
    if (options.wrap != "none" && options.wrap != "axis") {
        throw Error("'" + options.wrap + "' is not known", "--wrap", "known: none, axis");
    }
    if (options.axis_width && options.wrap != "axis") throw Error("is for --wrap axis", "--axis-width");
}

std::string json_text(const Json& json) {
    return json.dump(2) + "\n";
}

void write_verilog(const rtl::Verilog& verilog, const fs::path& library, const fs::path& folder) {
    for (const rtl::File& file : verilog.files)
        write_file(folder / file.name, file.text);
    for (const std::string& cell : verilog.cells) {
        write_file(folder / (cell + ".v"), read_file(library / (cell + ".v")));
    }
}

int run(Arguments arguments) {
    if (arguments.slack) arguments.build.slack = read_slack(*arguments.slack);
    arguments.build.effort = read_effort(arguments.effort);
    model::Model model = model::read(require_model(arguments.model));
    if (!arguments.head.empty()) model = model::with_head(model, model::read_head(arguments.head));
    report::Report report = build_step(model, arguments.build, arguments.folder);
    report.sections.push_back(build_files(arguments.folder));
    print_result(arguments.json, report::to_text(report), report::to_json(report));
    return exit_ok;
}

} // namespace

Slack read_slack(const std::string& text) {
    if (text == "none") return std::nullopt;
    if (text.empty() || text.size() > 4 || text.find_first_not_of("0123456789") != std::string::npos) {
        throw Error("must be a number of adder levels or none", "--slack");
    }
    return std::stoi(text);
}

cmvm::Effort read_effort(const std::string& text) {
    if (text == "fast") return cmvm::Effort::fast;
    if (text == "normal") return cmvm::Effort::normal;
    if (text == "high") return cmvm::Effort::high;
    throw Error("'" + text + "' is not known", "--effort", "known: fast, normal, high");
}

std::string effort_word(cmvm::Effort effort) {
    switch (effort) {
    case cmvm::Effort::fast:
        return "fast";
    case cmvm::Effort::normal:
        return "normal";
    case cmvm::Effort::high:
        return "high";
    }
    return {};
}

void check_build(const BuildOptions& options) {
    check(options, hw::read_target(find_home().constraints, options.target));
    check_timing(options.timing);
}

report::Report build_step(const model::Model& model, const BuildOptions& options, const fs::path& folder) {
    const Home home = find_home();
    const hw::Target target = hw::read_target(home.constraints, options.target);
    check(options, target);
    NewFolder build(folder, is_replaceable);

    const Design design = make_design(model, options, target);
    const auto& [netlist, schedule, area, sums] = design;
    rtl::Signature signature = rtl::signature(netlist, schedule);
    if (options.wrap == "axis") signature.axis = rtl::axis(signature, options.axis_width);

    report::Report report;
    report.title = model.name;
    report.sections.push_back(report::model_section(model));
    report.sections.push_back(
        report::hardware_section(target, netlist, schedule, area, signature, clock_is_open(options.timing)));
    report.layers = report::layers(netlist, schedule, area);
    report.neurons = report::neurons(netlist, area);

    const rtl::Verilog verilog = rtl::emit(netlist, schedule, signature, {options.layout, target});
    write_verilog(verilog, home.rtl_lib, build.path() / "rtl");
    if (signature.axis) write_verilog(rtl::emit_axis(signature), home.rtl_lib, build.path() / "rtl");
    model::write(build.path() / "model.json", model);
    write_file(build.path() / "signature.json", json_text(rtl::to_json(signature)));
    write_file(build.path() / hw::features_file, json_text(hw::to_json(hw::features(target, netlist, schedule, area))));
    BuildOptions used = options;
    used.operands = sums.operands;
    used.slack = sums.slack;
    used.effort = sums.effort;
    write_kit(build.path(), {home, used, model, target, netlist, signature, verilog.probes, area.total});
    // After the manifest: verification and `run` add to the report.
    write_file(build.path() / "report.json", json_text(report::to_json(report)));
    build.put_in_place();
    return report;
}

report::Section build_files(const fs::path& folder) {
    std::vector<report::NamedFile> files{{"verilog", (folder / "rtl").string()},
                                         {"signature", (folder / "signature.json").string()}};
    files.push_back({"guide", (folder / "README.md").string()});
    if (fs::exists(folder / "report.html")) files.push_back({"page", (folder / "report.html").string()});
    return report::files_section(files);
}

Command build_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    BuildOptions& build = arguments->build;
    CLI::App* app = program.add_subcommand("build", "Turn a model into pipelined Verilog for a clock and a target");
    app->add_option("model", arguments->model, "The model file")->required()->type_name("MODEL.json");
    app->add_option("-o,--output", arguments->folder, "The build folder to write; an older build is replaced")
        ->required()
        ->type_name("BUILD");
    app->add_option("--target", build.target, "Device, a folder of constraints/")
        ->capture_default_str()
        ->type_name("NAME");
    add_timing_options(*app, build.timing);
    app->add_option(
           "--slack", arguments->slack,
           "Adder levels allowed beyond the shallowest tree, for more sharing; none: no limit; by default 0 "
           "or 1, what gives fewer cycles or else the smaller design; with --latency-cycles 0 to 2, the smallest")
        ->type_name("LEVELS");
    app->add_option(
           "--operands", build.operands,
           "Numbers that one adder may add, 2 or 3; by default what the target adds in one chain, or 2 for speed")
        ->type_name("COUNT");
    app->add_flag("--tables,!--no-tables", build.tables,
                  "Look narrow inputs up where that costs less than adding (default)");
    app->add_option("--effort", arguments->effort, "Search for shared sums: fast, normal or high")
        ->capture_default_str()
        ->type_name("LEVEL");
    app->add_option(
           "--head", arguments->head,
           "What is decided from the outputs, in hardware and in their place: argmax, top-k=COUNT (indices, the "
           "largest first; ties to the lower one), threshold=NUMBER (a bit per output: at least so much?)")
        ->type_name("WORD");
    app->add_flag_callback(
        "--flat", [arguments] { arguments->build.layout = rtl::Layout::flat; }, "One module with a section per layer");
    app->add_flag(
        "--hier", build.timing.layer_registers,
        "Registers between all layers, so that each module begins and ends at its own; by default one module per "
        "layer with registers wherever they are fewest");
    app->add_option("--wrap", build.wrap, "Wrapper around the design: none or axis (AXI4-Stream)")
        ->capture_default_str()
        ->type_name("KIND");
    app->add_option("--axis-width", build.axis_width,
                    "Bits of a beat of the streams, a multiple of 8; a wider vector takes several beats. Without it a "
                    "vector is one beat")
        ->type_name("BITS");
    app->add_option("--bench-vectors", build.bench_vectors, "Vectors of the test bench in the build folder")
        ->check(CLI::Range(1, 10000000).description(""))
        ->capture_default_str()
        ->type_name("COUNT");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain build model.json -o build --clock-ns 5 --target xcvu13p"));
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
