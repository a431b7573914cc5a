// The whole road on a small set: data, training, freezing, Verilog, verification, report. Same seed, same bytes.
#include "base/json.hpp"
#include "base/random.hpp"
#include "base/sha256.hpp"
#include "program.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// Three kinds of trees by six whole-number features around a centre each.
std::string trees() {
    constexpr int centres[3][6] = {{3, 9, 2, 12, 5, 1}, {10, 3, 8, 4, 11, 6}, {6, 12, 13, 9, 2, 10}};
    constexpr const char* names[3] = {"ash", "birch", "cedar"};
    Random random(17);
    std::string csv = "a,b,c,d,e,f,kind\n";
    for (int i = 0; i < 210; ++i) {
        for (const int centre : centres[i % 3]) {
            csv += std::to_string(std::clamp(centre + static_cast<int>(random.integer(-4, 4)), 0, 15)) + ",";
        }
        csv += std::string(names[i % 3]) + "\n";
    }
    return csv;
}

const std::string experiment = R"({"name": "trees", "task": "classification",
  "data": {"train": {"features": "trees.csv", "label": "kind"}, "validation_fraction": 0.25, "test_fraction": 0.25},
  "layers": [{"type": "dense", "units": 6, "activation": "relu"}, {"type": "dense", "units": 3}],
  "training": {"epochs": 40, "float_epochs": 10, "batch": 16, "learning_rate": 0.01,
               "beta": [{"epoch": 5, "beta": 1e-5}, {"epoch": 38, "beta": 1e-2}]},
  "build": {"target": "generic", "clock_ns": 8}})";

/// Names of all files below a folder, sorted.
std::vector<std::string> files_below(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) names.push_back(fs::relative(entry.path(), folder).string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

double value(const Json& report, const char* section, const char* row) {
    return report.at("sections").at(section).at("rows").at(row).at("value").get<double>();
}

} // namespace

TEST_CASE("one command goes from a table of data to verified Verilog, byte for byte the same for any number of threads",
          "[cli][C8]") {
    const Folder folder("run");
    write_file(folder / "trees.csv", trees());
    write_file(folder / "e.json", experiment);
    const auto run = [&](const std::string& to, const std::string& threads) {
        return run_program({"run", folder.string("e.json"), "-o", folder.string(to), "--random", "300", "--seed", "5",
                            "--threads", threads, "--json"});
    };
    const Outcome first = run("one", "1");
    INFO(first.err);
    REQUIRE(first.code == 0);
    REQUIRE_THAT(first.err, Contains("[1/4] train") && Contains("epoch 40/40") && Contains("EBOPs") &&
                                Contains("beta") && Contains("left"));
    const Json report = parse_json(first.out, "output");
    REQUIRE(value(report, "model", "test") > 0.8);
    REQUIRE(value(report, "verification", "mismatches") == 0);
    REQUIRE(value(report, "verification", "latency_cycles") == value(report, "hardware", "latency_cycles"));
    REQUIRE(value(report, "hardware", "initiation_interval") == 1);
    REQUIRE_FALSE(report.at("front").at("points").empty());
    REQUIRE_THAT(read_file(folder / "one/build/report.html"), Contains("Pareto front") && Contains("picked"));

    const Json manifest = parse_json(read_file(folder / "one/build/manifest.json"), "manifest");
    REQUIRE(manifest.at("training").at("data_sha256") == sha256(trees()));

    REQUIRE(run("two", "3").code == 0);
    const std::vector<std::string> names = files_below(folder / "one");
    REQUIRE(names == files_below(folder / "two"));
    for (const std::string& name : names) {
        if (name == "run/state.ckpt") continue; // it counts the seconds of a time budget, too
        CAPTURE(name);
        REQUIRE(read_file(folder / "one" / name) == read_file(folder / "two" / name));
    }

    // Again into the same folder: replaced by the same.
    REQUIRE(run("two", "2").code == 0);
    REQUIRE(names == files_below(folder / "two"));

    // The steps of their own, from file to file, meet what `run` wrote.
    const std::string model = folder.string("m.json"), one = folder.string("one");
    const Outcome frozen = run_program({"freeze", one + "/run", "-o", model, "--json"});
    INFO(frozen.err);
    REQUIRE(frozen.code == 0);
    REQUIRE(read_file(model) == read_file(folder / "one/model.json"));
    const Outcome scored = run_program(
        {"evaluate", model, "--data", one + "/run/test_x.npy", "--labels", one + "/run/test_y.npy", "--json"});
    REQUIRE(scored.code == 0);
    REQUIRE(value(parse_json(scored.out, "output"), "result", "accuracy") == value(report, "model", "test"));
    REQUIRE(run_program({"build", model, "-o", folder.string("b"), "--target", "generic", "--clock-ns", "8"}).code ==
            0);
    REQUIRE(read_file(folder / "b/rtl/trees.v") == read_file(folder / "one/build/rtl/trees.v"));

    const Outcome training = run_program({"report", one + "/run"});
    REQUIRE(training.code == 0);
    REQUIRE_THAT(training.out, Contains("Pareto front") && Contains("float accuracy"));

    // The points of the front as hardware: each a build of its own, equal to its model, the numbers those of `run`.
    const Outcome designs =
        run_program({"front", one, "--points", "3", "--pick", "best", "-o", folder.string("designs"), "--verify",
                     "--html", folder.string("designs.html"), "--json"});
    INFO(designs.err);
    REQUIRE(designs.code == 0);
    int built = 0;
    const Json designed = parse_json(designs.out, "output"); // outlives the loop over it
    for (const Json& point : designed.at("front").at("points")) {
        if (!point.contains("design")) continue;
        const Json& design = point.at("design");
        ++built;
        REQUIRE(design.at("mismatches") == 0);
        REQUIRE(fs::exists(fs::path(design.at("folder").get<std::string>()) / "rtl/trees.v"));
        if (!point.at("picked").get<bool>()) continue;
        REQUIRE(design.at("lut").get<double>() == value(report, "hardware", "lut"));
        REQUIRE(design.at("test").get<double>() == value(report, "model", "test"));
        REQUIRE(design.at("latency_cycles").get<double>() == value(report, "hardware", "latency_cycles"));
    }
    REQUIRE(built >= static_cast<int>(std::min<std::size_t>(3, designed.at("front").at("points").size())));
    REQUIRE_THAT(read_file(folder / "designs.html"), Contains("against LUT"));
    write_file(folder / "designs/notes.txt", "mine");
    const Outcome foreign = run_program({"front", one, "--points", "2", "-o", folder.string("designs")});
    REQUIRE(foreign.code == 2);
    REQUIRE_THAT(foreign.err, Contains("designs/notes.txt") && Contains("did not write"));
    REQUIRE(read_file(folder / "designs/notes.txt") == "mine");
    fs::remove(folder / "designs/notes.txt");
    REQUIRE(run_program({"front", one, "--points", "2", "-o", folder.string("designs")}).code == 0);
    const Outcome table = run_program({"front", one + "/run", "--points", "2", "--effort", "fast"});
    REQUIRE(table.code == 0);
    REQUIRE_THAT(table.out, Contains("LUT and FF estimated") && !Contains("mismatches"));
    const Outcome all = run_program({"report", one, "--json"});
    REQUIRE(all.code == 0);
    REQUIRE(value(parse_json(all.out, "output"), "verification", "mismatches") == 0);
}

TEST_CASE("the best of the designs within limits is picked, and the next one is outside", "[cli]") {
    const Folder folder("limits");
    const std::string run = folder.string("run");
    write_file(folder / "trees.csv", trees());
    std::string longer = experiment;
    longer.replace(longer.find(R"("epochs": 40)"), 12, R"("epochs": 300)");
    longer.replace(longer.find(R"("epoch": 38, "beta": 1e-2)"), 25, R"("epoch": 290, "beta": 1)");
    write_file(folder / "e.json", longer);
    REQUIRE(run_program({"train", folder.string("e.json"), "-o", run}).code == 0);
    std::vector<std::pair<double, double>> sizes; // LUT, EBOPs; by EBOPs
    const Json every =
        parse_json(run_program({"front", run, "--points", "1000", "--json"}).out, "output").at("front").at("points");
    for (const Json& point : every)
        sizes.emplace_back(point.at("design").at("lut").get<double>(), point.at("ebops").get<double>());
    REQUIRE(sizes.size() >= 2);
    const double limit = sizes[sizes.size() / 2].first;
    const Outcome small = run_program(
        {"freeze", run, "-o", folder.string("small.json"), "--pick", "lut<=" + std::to_string(limit), "--json"});
    INFO(small.err);
    REQUIRE(small.code == 0);
    const Json facts = read_json(folder / "small.json").at("facts");
    const auto taken =
        std::find_if(sizes.begin(), sizes.end(), [&](const auto& s) { return s.second == facts.at("ebops"); });
    REQUIRE(taken != sizes.end());
    REQUIRE(taken->first <= limit);
    REQUIRE((taken + 1 == sizes.end() || (taken + 1)->first > limit));
    const Outcome none = run_program({"freeze", run, "-o", folder.string("none.json"), "--pick", "lut<=1"});
    REQUIRE(none.code == 2);
    REQUIRE_THAT(none.err, Contains("no point fits") && Contains("lut "));
    REQUIRE_FALSE(fs::exists(folder / "none.json"));
}
