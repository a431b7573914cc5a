// synth, read-report and calibrate-target on a build, and how report shows what they wrote.
#include "base/json.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using test::Folder;
using test::Outcome;
using test::run_program;

namespace {

const std::string samples = std::string(BITGRAIN_SOURCE_DIR) + "/tests/golden/reports/";

void build(const Folder& folder, const std::string& name) {
    model::write(folder / "model.json", test::small_model());
    const Outcome done = run_program({"build", folder.string("model.json"), "-o", folder.string(name)});
    INFO(done.err);
    REQUIRE(done.code == 0);
}

const Json& rows(const Json& report, const std::string& section) {
    return report.at("sections").at(section).at("rows");
}

} // namespace

TEST_CASE("synth writes what yosys made of a build, and report shows it beside the estimates", "[cli][synth]") {
    const Folder folder("synth");
    build(folder, "b");
    const Outcome done = run_program({"synth", folder.string("b"), "--json"});
    INFO(done.err);
    REQUIRE(done.code == 0);
    const Json record = read_json(folder / "b/synthesis.json").at("records").at(0);
    CHECK(record.at("source") == "synthesised");
    CHECK(record.at("tool") == "yosys");
    CHECK(record.at("lut").get<int>() > 0);
    CHECK(record.at("ff").get<int>() > 0);
    CHECK(record.at("levels").get<int>() > 0);

    const Outcome shown = run_program({"report", folder.string("b"), "--json", "--html", folder.string("r.html")});
    REQUIRE(shown.code == 0);
    const Json report = parse_json(shown.out, "report");
    REQUIRE(report.at("comparisons").size() == 2);
    CHECK(report.at("comparisons").at(0).at("quantity") == "LUT");
    CHECK(report.at("comparisons").at(0).at("measured") == record.at("lut"));
    CHECK(report.at("comparisons").at(0).at("estimated") == rows(report, "hardware").at("lut").at("value"));
    CHECK(read_file(folder / "r.html").find("bar-measured") != std::string::npos);
    // Twice is the same record, not another one.
    REQUIRE(run_program({"synth", folder.string("b")}).code == 0);
    CHECK(read_json(folder / "b/synthesis.json").at("records").size() == 1);
}

TEST_CASE("read-report puts vendor reports into the same record", "[cli][synth]") {
    const Folder folder("read_report");
    build(folder, "b");
    const Outcome done = run_program({"read-report", folder.string("b"), samples + "vivado_utilization_routed.rpt",
                                      samples + "vivado_timing_summary.rpt"});
    INFO(done.err);
    REQUIRE(done.code == 0);
    CHECK(done.out.find("5804") != std::string::npos);
    CHECK(done.out.find("placed") != std::string::npos);
    const Json records = read_json(folder / "b/synthesis.json").at("records");
    REQUIRE(records.size() == 1);
    CHECK(records.at(0).at("period_ns").get<double>() == Approx(4.178));

    const Outcome bad = run_program({"read-report", folder.string("b"), folder.string("model.json")});
    CHECK(bad.code == 2);
    CHECK(read_json(folder / "b/synthesis.json").at("records").size() == 1);
}

TEST_CASE("synth refuses what it cannot do and names what is missing", "[cli][synth]") {
    const Folder folder("synth_errors");
    build(folder, "b");
    const Outcome flow = run_program({"synth", folder.string("b"), "--target-flow", "stratix"});
    CHECK(flow.code == 2);
    CHECK(flow.err.find("xilinx, ice40, ecp5") != std::string::npos);
    CHECK(run_program({"synth", folder.string("b"), "--place"}).code == 2);
    CHECK(run_program({"synth", folder.string("b"), "--tool", "hammer"}).code == 2);
    CHECK(run_program({"synth", folder.string("nothing")}).code == 2);
    const Outcome absent = run_program({"synth", folder.string("b")}, "PATH=" + folder.string("nowhere") + " ");
    CHECK(absent.code == 2);
    CHECK(absent.err.find("yosys") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "b/synthesis.json"));
}

TEST_CASE("calibrate-target refuses builds without results and too few of them", "[cli][synth]") {
    const Folder folder("calibrate");
    build(folder, "b");
    const std::vector<std::string> command{"calibrate-target", "xcvu13p", folder.string("b"), "-o",
                                           folder.string("t.json")};
    const Outcome none = run_program(command);
    CHECK(none.code == 2);
    CHECK(none.err.find("bitgrain synth") != std::string::npos);
    REQUIRE(run_program({"read-report", folder.string("b"), samples + "yosys_stat.json"}).code == 0);
    const Outcome few = run_program(command);
    CHECK(few.code == 2);
    CHECK(few.err.find("too few") != std::string::npos);
    CHECK_FALSE(std::filesystem::exists(folder / "t.json"));
}

TEST_CASE("a report tells bands, whether the part is large enough, and neurons on request", "[cli][synth]") {
    const Folder folder("bands");
    build(folder, "b");
    const Outcome done = run_program({"report", folder.string("b"), "--json"});
    REQUIRE(done.code == 0);
    const Json report = parse_json(done.out, "report");
    const Json& hardware = rows(report, "hardware");
    for (const char* key : {"lut", "ff", "worst_stage", "fmax"}) {
        CAPTURE(key);
        CHECK(hardware.at(key).at("band").get<double>() > 0.0);
    }
    CHECK(hardware.at("fit").at("value") == "fits");
    CHECK(hardware.at("vendor_minutes").at("value").get<double>() > 0.0);
    double lut = 0.0, neurons = 0.0;
    for (const Json& layer : report.at("layers"))
        lut += layer.at("lut").get<double>();
    for (const Json& neuron : report.at("neurons"))
        neurons += neuron.at("lut").get<double>();
    CHECK(neurons == Approx(lut));
    const Outcome text = run_program({"report", folder.string("b"), "--per-neuron"});
    CHECK(text.out.find("Neurons, estimated") != std::string::npos);
    CHECK(text.out.find("± ") != std::string::npos);
}
