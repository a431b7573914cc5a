// What build leaves works without bitgrain: every script is read by its tool where that is here, vendor scripts run in
// tclsh with the vendor's commands left out and are compared with golden files.
#include "base/json.hpp"
#include "base/sha256.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A shell command in a folder.
Outcome shell(const fs::path& folder, const std::string& command) {
    const Folder output("shell");
    const std::string line = "cd " + quoted(folder.string()) + " && { " + command + "; } >" +
                             quoted(output.string("out")) + " 2>" + quoted(output.string("err")) + " </dev/null";
    const int status = std::system(line.c_str());
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(output / "out"), read_file(output / "err")};
}

/// Three layers: the small model with a ReLU behind its outputs and a layer more.
model::Model three_layers() {
    model::Model model = small_model();
    const fx::Cast cast{{false, 4, 1}, fx::Round::rnd, fx::Overflow::wrap};
    model.steps.push_back({"dense_2", {4}, model::Relu{}});
    model.steps.push_back({"dense_2", {5}, model::Cast{{cast, cast}}});
    model.steps.push_back({"dense_3", {6}, model::Affine{2, 2, {1, -1, 1.25, 1}, {0, 0.5}}});
    model.outputs = {{"y", {2}, 7}};
    return model;
}

/// Builds the model with these options more.
fs::path build(const Folder& folder, std::vector<std::string> options, const std::string& clock_ns = "4",
               const model::Model& model = small_model()) {
    model::write(folder / "m.json", model);
    std::vector<std::string> command{"build", folder.string("m.json"), "-o", folder.string("b"), "--clock-ns",
                                     clock_ns};
    command.insert(command.end(), options.begin(), options.end());
    const Outcome built = run_program(command);
    INFO(built.err);
    REQUIRE(built.code == 0);
    return folder / "b";
}

void change(const fs::path& file, const std::string& from, const std::string& to) {
    std::string text = read_file(file);
    INFO(file << ": " << from);
    REQUIRE(text.find(from) != std::string::npos);
    write_file(file, text.replace(text.find(from), from.size(), to));
}

void require_done(const Outcome& outcome) {
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.code == 0);
}

} // namespace

TEST_CASE("the test bench of a build passes in Icarus and Verilator and names what is wrong", "[cli][kit]") {
    const Folder folder("bench");
    const fs::path b = build(folder, {"--target", "xc7a100t", "--bench-vectors", "100"});
    const Outcome icarus = shell(b, "make -s");
    require_done(icarus);
    CHECK_THAT(icarus.out, Contains("PASS tiny_tb: 100 vectors"));
    require_done(shell(b, "make -s waves"));
    const std::string waves = read_file(b / "work" / "tiny_tb.vcd");
    for (const char* net : {"out_data", "dense_1_n0", "in_valid"})
        CHECK_THAT(waves, Contains(net));
    require_done(shell(b, "make -s lint"));
    const Outcome verilator = shell(b, "make -s verilator");
    require_done(verilator);
    CHECK_THAT(verilator.out, Contains("PASS tiny_tb: 100 vectors"));

    // One bit of one output turned round: y[1] is at out_data[*:*] of dense_2, neuron 1.
    const Json y = read_json(b / "signature.json").at("outputs").at(1);
    const std::string assign = "assign out_data[" +
                               std::to_string(y.at("offset").get<int>() + y.at("width").get<int>() - 1) + ":" +
                               y.at("offset").dump() + "] = ";
    const std::string good = read_file(b / "rtl" / "tiny.v");
    change(b / "rtl" / "tiny.v", assign, assign + "1'b1 ^ ");
    const Outcome wrong = shell(b, "make -s");
    CHECK(wrong.code != 0);
    CHECK_THAT(wrong.out + wrong.err,
               Contains("FAIL tiny_tb: vector 0 (line 1 of stimulus.mem): output y[1], layer dense_2, "
                        "neuron 1 (out_data["));
    CHECK_THAT(wrong.out + wrong.err, Contains("expected -4, got -3"));
    CHECK(shell(b, "make -s verilator").code != 0);

    write_file(b / "rtl" / "tiny.v", good);
    change(b / "rtl" / "tiny.v", ".valid_i(in_valid)", ".valid_i(1'b0)");
    const Outcome silent = shell(b, "make -s");
    CHECK(silent.code != 0);
    CHECK_THAT(silent.out + silent.err, Contains("vector 0 did not come after"));
    write_file(b / "rtl" / "tiny.v", good);
    fs::remove(b / "tb" / "expected.mem");
    const Outcome missing = shell(b, "make -s");
    CHECK(missing.code != 0);
    CHECK_THAT(missing.out + missing.err, Contains("cannot be read"));
}

TEST_CASE("the test bench names layer, neuron and vector where a fault began, in every layout", "[cli][kit]") {
    const std::string layout = GENERATE("", "--flat", "--hier");
    CAPTURE(layout);
    const Folder folder("fault");
    std::vector<std::string> options{"--target", "xc7a100t", "--bench-vectors", "60"};
    if (!layout.empty()) options.push_back(layout);
    const fs::path b = build(folder, options, "4", three_layers());
    for (const char* tool : {"make -s", "make -s verilator"}) {
        const Outcome good = shell(b, tool);
        require_done(good);
        CHECK_THAT(good.out, Contains("PASS tiny_tb: 60 vectors") && Contains("values inside"));
    }

    // The sum of the middle layer's neuron 1, its last bit turned round where `fault` says so.
    const fs::path file = b / "rtl" / (layout == "--flat" ? "tiny.v" : "tiny_dense_2.v");
    const std::string text = read_file(file), net = "dense_2_n1_add";
    const auto inject = [&](const auto& fault) {
        const std::size_t at = text.find(net + " = ") + net.size() + 3, end = text.find(';', at);
        REQUIRE(at < end);
        const std::string sum = text.substr(at, end - at);
        write_file(file, text.substr(0, at) + "(" + sum + ") ^ " + fault(sum) + text.substr(end));
    };
    const auto vector_of = [](const Outcome& outcome) {
        const std::string said = outcome.out + outcome.err, mark = "FAIL tiny_tb: vector ";
        INFO(said);
        CHECK(outcome.code != 0);
        REQUIRE_THAT(said, Contains(mark));
        CHECK_THAT(said, Contains("): layer dense_2, neuron 1 (dut."));
        CHECK_THAT(said, Contains("dense_2_n1_add, times 2^"));
        return said.substr(said.find(mark) + mark.size(), 2);
    };
    const int sign = std::stoi(text.substr(text.rfind('[', text.find(net + " = ")) + 1));
    inject([&](const std::string&) { return std::to_string(sign + 1) + "'d1"; });
    CHECK(vector_of(shell(b, "make -s")) == "0 ");
    CHECK(vector_of(shell(b, "make -s verilator")) == "0 ");

    // A negative sum becomes 0 behind the ReLU: no output shows that its last bit is wrong.
    inject([&](const std::string& sum) { return "((" + sum + ") >> " + std::to_string(sign) + ")"; });
    CHECK(vector_of(shell(b, "make -s")) != "");
    fs::remove(b / "tb" / "layers.mem");
    const Outcome outputs_only = shell(b, "make -s");
    require_done(outputs_only);
    CHECK_THAT(outputs_only.out, Contains("PASS tiny_tb: 60 vectors") && !Contains("values inside"));
}

TEST_CASE("a wrapped build is verified through its streams, by bitgrain and by its own benches", "[cli][kit]") {
    const Folder folder("wrapped");
    const fs::path b = build(folder, {"--target", "xc7a100t", "--wrap", "axis", "--axis-width", "8"});
    const Json axis = read_json(b / "signature.json").at("axis");
    CHECK(axis.at("module") == "tiny_axis");
    CHECK(axis.at("in_beats") == 2);
    const Json rows = read_json(b / "report.json").at("sections").at("hardware").at("rows");
    CHECK(rows.at("axis_in_beats").at("value") == 2);
    CHECK(rows.at("axis_latency_cycles").at("value") == axis.at("latency_cycles"));
    const Outcome benches = shell(b, "make -s && make -s lint");
    require_done(benches);
    CHECK_THAT(benches.out, Contains("PASS tiny_axis_tb") && Contains("PASS tiny_tb"));

    const Outcome verified = run_program({"verify", b.string(), "--random", "500"});
    require_done(verified);
    CHECK_THAT(verified.out, Contains("AXI4-Stream"));
    CHECK(read_json(b / "verification.json").at("stream_mismatches") == 0);
    CHECK(run_program({"report", b.string()}).code == 0);

    change(b / "rtl" / "tiny_axis.v", ".core_data_i(out_data)", ".core_data_i(~out_data)");
    const Outcome differs = run_program({"verify", b.string(), "--random", "100"});
    CHECK(differs.code == 1);
    CHECK_THAT(differs.out, Contains("corner 0 through the wrapper, output y[0]"));
    CHECK(shell(b, "make -s").code != 0);

    CHECK(run_program({"build", folder.string("m.json"), "-o", b.string(), "--wrap", "apb"}).code == 2);
    CHECK(run_program({"build", folder.string("m.json"), "-o", b.string(), "--axis-width", "8"}).code == 2);
    CHECK(
        run_program({"build", folder.string("m.json"), "-o", b.string(), "--wrap", "axis", "--axis-width", "9"}).code ==
        2);
}

TEST_CASE("scripts for vendor tools are the golden files and run in tclsh", "[cli][kit][golden]") {
    const Folder folder("vendor");
    const std::vector<std::string> options =
        GENERATE(std::vector<std::string>{"--target", "xc7a100t"},
                 std::vector<std::string>{"--target", "xcvu13p", "--wrap", "axis"});
    const fs::path b = build(folder, options);
    const std::string top = options.size() > 2 ? "tiny_axis" : "tiny";
    const fs::path golden = fs::path(BITGRAIN_SOURCE_DIR) / "tests" / "golden" / ("kit_" + top);
    const std::vector<std::string> scripts{"scripts/build.tcl", "scripts/package_ip.tcl", "scripts/quartus.tcl"};
    std::vector<std::string> files{"constraints/" + top + "_ooc.xdc", "constraints/" + top + ".sdc", "tiny.core",
                                   "Makefile"};
    files.insert(files.end(), scripts.begin(), scripts.end());
    for (const std::string& file : files) {
        INFO("when the change is meant, this is to be " << golden / fs::path(file).filename());
        CHECK(read_file(b / file) == read_file(golden / fs::path(file).filename()));
    }
    write_file(b / "unknown.tcl", "proc unknown args {}\nset quartus(args) {}\nset script [lindex $argv 0]\n"
                                  "if {![info complete [read [open $script]]]} { error incomplete }\nsource $script\n");
    for (const std::string& script : scripts)
        require_done(shell(b, "tclsh unknown.tcl " + script));
    for (const std::string& file : {files[0], files[1]})
        require_done(shell(b, "tclsh unknown.tcl " + file));
}

TEST_CASE("Yosys reads its scripts and counts the design", "[cli][kit]") {
    const Folder folder("yosys");
    const fs::path b = build(folder, {"--target", "xcvu13p", "--wrap", "axis"});
    const Outcome counted = shell(b, "make -s yosys");
    require_done(counted);
    CHECK_THAT(counted.out, Contains("LUT") && Contains("FDRE"));
    require_done(shell(b, "yosys -q scripts/ice40.ys"));
    CHECK_THAT(read_file(b / "work" / "ice40.json"), Contains("SB_LUT4"));
}

TEST_CASE("the manifest names the options and the digest of every file, the README how to go on", "[cli][kit]") {
    const Folder folder("manifest");
    const fs::path b = build(folder, {"--target", "generic", "--slack", "none"}, "10");
    const Json manifest = read_json(b / "manifest.json");
    CHECK(manifest.at("options").at("target") == "generic");
    CHECK(manifest.at("options").at("slack").is_null());
    CHECK(manifest.at("model_sha256") == sha256(read_file(b / "model.json")));
    std::size_t files = 0;
    for (const auto& entry : fs::recursive_directory_iterator(b)) {
        const std::string name = fs::relative(entry.path(), b).generic_string();
        if (!entry.is_regular_file() || name == "manifest.json" || name == "report.json") continue;
        INFO(name);
        CHECK(manifest.at("files").at(name) == sha256(read_file(entry.path())));
        ++files;
    }
    CHECK(manifest.at("files").size() == files);
    const std::string readme = read_file(b / "README.md");
    CHECK_THAT(readme, Contains("make") && Contains("y[0]") && !Contains("Vivado |"));
    CHECK_FALSE(fs::exists(b / "scripts" / "build.tcl"));
    require_done(shell(b, "make help"));
}

TEST_CASE("the README says what the numbers stand for", "[cli][kit]") {
    const Folder folder("meaning");
    model::Model model = small_model();
    model.facts["features"] = {"energy", "eta|phi"};
    const auto readme = [&](std::vector<std::string> options) {
        options.insert(options.end(), {"--slack", "0"});
        return read_file(build(folder, options, "10", model) / "README.md");
    };
    const std::string scores = readme({});
    CHECK_THAT(scores, Contains("Features, in the order of the inputs: 0 `energy`, 1 `eta'phi`."));
    CHECK_THAT(scores, Contains("Classes, in the order of the outputs: 0 `left`, 1 `right`. The largest output"));
    CHECK_THAT(readme({"--head", "argmax"}), Contains("Classes, by index: 0 `left`, 1 `right`."));
    model.task = {model::Task::Kind::regression, {}, {2.5, 1}, {-0.125, 3}};
    CHECK_THAT(readme({}), Contains("- target 0 = `y[0]` * 2.5 + -0.125\n- target 1 = `y[1]` * 1 + 3\n"));
    model.task = {};
    CHECK_THAT(readme({}), !Contains("Classes") && !Contains("target 0"));
}
