#include "cli/kit.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/sha256.hpp"
#include "cli/stimulus.hpp"
#include "cosim/packing.hpp"
#include "fx/arithmetic.hpp"
#include "ir/evaluate.hpp"
#include "model/inference.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace bitgrain::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t vector_seed = 1; ///< of the random vectors: the same model gives the same bytes

/// What comes into a build folder after its manifest: files and folders.
constexpr std::array<std::string_view, 7> written_later{
    "manifest.json", "report.json", "report.html", "verification.json", "synthesis.json", "synthesis", "work"};

std::vector<std::string> files_below(const fs::path& folder) {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).generic_string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::vector<std::string> rtl_files(const fs::path& folder) {
    return files_below(folder / "rtl");
}

/// Extremes of the ranges first, up to half of the vectors, then random ones.
std::vector<std::int64_t> bench_inputs(const model::Model& model, std::size_t vectors) {
    const std::vector<fx::Format> formats = model::input_formats(model);
    Stimulus corners(formats), random(formats);
    corners.add_corners();
    const std::size_t kept = std::min(corners.rows(), (vectors + 1) / 2);
    random.add_random(vectors - kept, vector_seed);
    const auto first = corners.codes().first(kept * formats.size());
    std::vector<std::int64_t> codes(first.begin(), first.end());
    codes.insert(codes.end(), random.codes().begin(), random.codes().end());
    return codes;
}

/// What the model says, on the grids of the ports.
std::vector<std::int64_t> bench_outputs(const model::Model& model, const rtl::Signature& signature,
                                        const std::vector<std::int64_t>& inputs, std::size_t vectors) {
    const std::vector<int> fractions = model::output_fractions(model);
    std::vector<std::int64_t> codes = model::infer(model, inputs, vectors);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const std::size_t j = i % fractions.size();
        codes[i] = fx::to_fraction(codes[i], fractions[j], signature.outputs[j].format.fraction);
    }
    return codes;
}

void write_vectors(const fs::path& folder, const KitStep& step) {
    const std::size_t vectors = step.options.bench_vectors;
    const rtl::Signature& s = step.signature;
    const std::vector<std::int64_t> inputs = bench_inputs(step.model, vectors);
    const std::vector<std::int64_t> outputs = bench_outputs(step.model, s, inputs, vectors);
    write_file(folder / "tb" / "stimulus.mem",
               cosim::hex_lines(s.in_width, cosim::pack(s.inputs, s.in_width, inputs, vectors), vectors));
    write_file(folder / "tb" / "expected.mem",
               cosim::hex_lines(s.out_width, cosim::pack(s.outputs, s.out_width, outputs, vectors), vectors));
    std::vector<ir::NodeId> nodes;
    std::vector<rtl::Port> values;
    for (const rtl::Probe& probe : step.probes) {
        nodes.push_back(probe.node);
        values.push_back(probe.port);
    }
    const int width = std::max(rtl::width_of(step.probes), 1);
    const std::vector<std::int64_t> inside = ir::trace(step.netlist, nodes, inputs, vectors);
    write_file(folder / "tb" / "layers.mem",
               cosim::hex_lines(width, cosim::pack(values, width, inside, vectors), vectors));
}

Json options_json(const BuildOptions& options) {
    const nn::TimingSettings& timing = options.timing;
    Json json{{"target", options.target},
              {"clock_ns", nullptr},
              {"fastest", timing.fastest},
              {"latency_cycles", nullptr},
              {"combinational", timing.combinational},
              {"input_registers", timing.input_registers},
              {"output_registers", timing.output_registers},
              {"max_fanout", nullptr},
              {"margin", timing.margin},
              {"slack", nullptr},
              {"operands", options.operands.value()},
              {"tables", options.tables},
              {"effort", effort_word(options.effort)},
              {"layout", options.layout == rtl::Layout::flat ? "flat" : "layers"},
              {"layer_registers", timing.layer_registers},
              {"wrap", options.wrap},
              {"axis_width", nullptr}};
    if (timing.clock_ns) json["clock_ns"] = *timing.clock_ns;
    if (timing.max_fanout) json["max_fanout"] = *timing.max_fanout;
    if (timing.latency_cycles) json["latency_cycles"] = *timing.latency_cycles;
    if (const Slack slack = options.slack.value()) json["slack"] = *slack;
    if (options.axis_width) json["axis_width"] = *options.axis_width;
    return json;
}

/// How the design came to be, and the SHA-256 of every file in the folder.
Json manifest(const fs::path& folder, const KitStep& step) {
    Json json{{"kind", "bitgrain manifest"}, {"version", 1}, {"program", BITGRAIN_VERSION}, {"model", step.model.name}};
    json["model_sha256"] = sha256(read_file(folder / "model.json"));
    Json& training = json["training"] = Json::object();
    for (const char* key : {"experiment", "seed", "pick", "epoch", "data_sha256"}) {
        if (step.model.facts.contains(key)) training[key] = step.model.facts[key];
    }
    json["options"] = options_json(step.options);
    json["test_bench"] = {{"vectors", step.options.bench_vectors}, {"seed", vector_seed}};
    for (const std::string& name : files_below(folder))
        json["files"][name] = sha256(read_file(folder / name));
    return json;
}

rtl::Meaning meaning(const model::Model& model) {
    rtl::Meaning meaning{{}, model.task.classes, false, model.task.target_scale, model.task.target_offset};
    const auto names = [&](const char* fact) {
        std::vector<std::string> result;
        if (!model.facts.contains(fact)) return result;
        for (const Json& name : model.facts[fact]) {
            if (name.is_string()) result.push_back(name.get<std::string>());
        }
        return result;
    };
    meaning.features = names("features");
    if (meaning.classes.empty()) meaning.classes = names("classes"); // with_head leaves them there
    meaning.decided = model.task.classes.empty();
    return meaning;
}

} // namespace

void require_no_foreign_files(const fs::path& build) {
    const fs::path file = build / "manifest.json";
    if (!fs::exists(file)) return;
    const Json manifest = read_json(file);
    const Json listed = manifest.value("files", Json::object());
    for (const std::string& name : files_below(build)) {
        if (listed.contains(name)) continue;
        const std::string first = name.substr(0, name.find('/'));
        const bool later = std::find(written_later.begin(), written_later.end(), first) != written_later.end();
        if (later || first.starts_with(".simulation")) continue; // the last of a verify that was killed
        throw Error("the build folder holds a file that bitgrain did not write, and would be replaced as a whole",
                    (build / name).string(), "move it away, or choose another folder with -o");
    }
}

void write_kit(const fs::path& folder, const KitStep& step) {
    const rtl::Kit kit{step.target,        step.signature,
                       rtl_files(folder),  rtl::output_places(step.netlist),
                       step.probes,        step.options.bench_vectors,
                       step.area,          BITGRAIN_VERSION,
                       meaning(step.model)};
    for (const rtl::File& file : rtl::kit_files(step.home.constraints, kit))
        write_file(folder / file.name, file.text);
    write_vectors(folder, step);
    write_file(folder / "manifest.json", manifest(folder, step).dump(2) + "\n");
}

} // namespace bitgrain::cli
