// bitgrain verify: the build's Verilog in a cycle simulator against the fixed-point model, every bit of every vector.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cli/artefact.hpp"
#include "cli/command.hpp"
#include "cli/console.hpp"
#include "cli/home.hpp"
#include "cli/new_folder.hpp"
#include "cli/steps.hpp"
#include "cli/stimulus.hpp"
#include "cosim/simulate.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "report/text.hpp"
#include "rtl/emit.hpp"

#include <algorithm>
#include <memory>
#include <unistd.h>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

struct Arguments {
    fs::path folder;
    VerifyOptions verify;
    bool json = false;
};

constexpr std::size_t shown_mismatches = 10;
/// With more, compiling the simulation with optimisation takes less time than it saves (tests/bench/size).
constexpr std::size_t most_unoptimised_vectors = 500'000;

/// Compares value with value: the two sides may write the same number on different grids. `through`: "", or what stands
/// between the vector and the output.
Json compare(const Stimulus& stimulus, const model::Model& model, const rtl::Signature& signature,
             std::span<const std::int64_t> expected, std::span<const std::int64_t> got, const std::string& through,
             std::int64_t& mismatches) {
    const std::vector<int> fractions = model::output_fractions(model);
    const std::size_t outputs = fractions.size();
    CHECK(signature.outputs.size() == outputs, "the signature and the model have different outputs");
    Json first = Json::array();
    for (std::size_t row = 0; row < stimulus.rows(); ++row) {
        bool wrong = false;
        for (std::size_t j = 0; j < outputs; ++j) {
            const rtl::Port& port = signature.outputs[j];
            const int grid = std::max(fractions[j], port.format.fraction);
            const std::int64_t want = expected[row * outputs + j], have = got[row * outputs + j];
            if (fx::to_fraction(want, fractions[j], grid) == fx::to_fraction(have, port.format.fraction, grid))
                continue;
            wrong = true;
            if (first.size() < shown_mismatches) {
                first.push_back({{"vector", stimulus.describe(row) + through},
                                 {"output", port.name},
                                 {"expected", fx::to_double(want, fractions[j])},
                                 {"simulated", fx::to_double(have, port.format.fraction)}});
            }
        }
        if (wrong) ++mismatches;
    }
    return first;
}

/// Whether the design has expressions beside the cells of its adders of three.
bool has_expressions(const fs::path& rtl) {
    for (const fs::directory_entry& entry : fs::directory_iterator(rtl)) {
        if (entry.path().extension() == ".v" &&
            read_file(entry.path()).find(rtl::expressions_macro) != std::string::npos)
            return true;
    }
    return false;
}

int run(const Arguments& arguments) {
    const fs::path folder = require_build(arguments.folder);
    const report::Verification verification = verify_step(folder, arguments.verify);
    const Json json = read_json(folder / "verification.json");
    report::Report report;
    report.title = "Verification of " + arguments.folder.string();
    report.sections.push_back(report::verification_section(verification));
    std::string text = report::to_text(report);
    for (const Json& m : json.at("first_mismatches")) {
        text += "  " + m["vector"].get<std::string>() + ", output " + m["output"].get<std::string>() + ": expected " +
                m["expected"].dump() + ", simulated " + m["simulated"].dump() + "\n";
    }
    print_result(arguments.json, text, json);
    return verification.passed() ? exit_ok : exit_mismatch;
}

} // namespace

std::vector<std::int64_t> read_codes(const model::Model& model, const fs::path& path, std::int64_t& saturated) {
    const data::Array array = data::load_features(path);
    check_features(model, array.row_size(), path);
    std::size_t count = 0;
    auto codes = model::quantize_inputs(model, array.values, array.rows(), &count);
    saturated = static_cast<std::int64_t>(count);
    return codes;
}

report::Verification verify_step(const fs::path& folder, const VerifyOptions& options) {
    const Home home = find_home();
    const std::string signature_file = (folder / "signature.json").string();
    const rtl::Signature signature = rtl::signature_from_json(read_json(signature_file), signature_file);
    const model::Model model = model::read(folder / "model.json");

    report::Verification v;
    Stimulus stimulus(model::input_formats(model));
    if (options.data) stimulus.add_data(read_codes(model, *options.data, v.saturated_values));
    stimulus.add_corners();
    stimulus.add_random(options.random_vectors, options.seed);

    const WorkFolder work(folder / (".simulation" + std::to_string(::getpid())));
    cosim::Options simulation;
    simulation.rtl = folder / "rtl";
    simulation.harness = home.sim;
    simulation.work = work.path();
    simulation.optimize = stimulus.rows() > most_unoptimised_vectors;
    simulation.adders = options.cells ? cosim::AddersOfThree::cells : cosim::AddersOfThree::expressions;
    simulation.stalls = options.bubbles;
    simulation.seed = options.seed;
    const cosim::Result result = cosim::simulate(signature, stimulus.codes(), stimulus.rows(), simulation);

    v.data_vectors = static_cast<std::int64_t>(stimulus.data_rows());
    v.random_vectors = static_cast<std::int64_t>(stimulus.random_rows());
    v.corner_vectors = static_cast<std::int64_t>(stimulus.corner_rows());
    for (const rtl::Port& port : signature.outputs)
        v.output_bits += port.width;
    v.scheduled_cycles = signature.latency_cycles;
    v.simulated_cycles = result.latency_cycles;
    v.clock_ns = signature.clock_ns;
    v.bubbles = options.bubbles;
    v.expressions = !options.cells && has_expressions(folder / "rtl");
    v.seed = options.seed;
    const auto expected = model::infer(model, stimulus.codes(), stimulus.rows());
    Json first = compare(stimulus, model, signature, expected, result.outputs, "", v.mismatches);
    if (signature.axis) {
        simulation.stalls = true;
        const auto streams = cosim::simulate_streams(signature, stimulus.codes(), stimulus.rows(), simulation);
        const Json wrong = compare(stimulus, model, signature, expected, streams.outputs, " through the wrapper",
                                   v.stream_mismatches.emplace(0));
        first.insert(first.end(), wrong.begin(), wrong.end());
    }

    Json json = report::to_json(v);
    json["first_mismatches"] = first;
    write_file(folder / "verification.json", json.dump(2) + "\n");
    return v;
}

Command verify_command(CLI::App& program) {
    const auto arguments = std::make_shared<Arguments>();
    VerifyOptions& verify = arguments->verify;
    CLI::App* app =
        program.add_subcommand("verify", "Simulate the Verilog of a build and compare it with the model, bit for bit");
    app->add_option("build", arguments->folder, "The build folder")->required()->type_name("BUILD");
    app->add_option("--data", verify.data, "Feature rows to stream too: .npy, .npy.gz, .npz, .csv or .csv.gz")
        ->type_name("FILE");
    app->add_option("--random", verify.random_vectors,
                    "Random vectors over the whole range of the port, overflow included")
        ->check(CLI::Range(0, 100000000).description(""))
        ->capture_default_str()
        ->type_name("COUNT");
    app->add_option("--seed", verify.seed, "Seed of the random vectors and bubbles")
        ->capture_default_str()
        ->check(CLI::Range(0.0, 1.8e19).description(""))
        ->type_name("NUMBER");
    app->add_flag("--bubbles", verify.bubbles, "Drop in_valid at random between vectors");
    app->add_flag("--cells", verify.cells,
                  "Simulate the cells of adders of three in designs of more than 5,000 of them, too, which have an "
                  "expression beside each; takes Verilator twice the time and memory");
    app->add_flag("--json", arguments->json, "Print one JSON object instead of a table");
    app->footer(examples("bitgrain verify build --data run/test_x.npy --random 10000") +
                "\nExit code 1 when an output differs or the latency is not the scheduled one.");
    return {app, [arguments] { return run(*arguments); }};
}

} // namespace bitgrain::cli
