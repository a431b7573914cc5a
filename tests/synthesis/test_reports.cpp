// Reports of other tools: what is read from a sample of each, and what is refused.
#include "base/error.hpp"
#include "base/file.hpp"
#include "synthesis/record.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using synthesis::Kind;
using synthesis::Record;

namespace {

Record sample(const std::string& name) {
    const std::string file = std::string(BITGRAIN_SOURCE_DIR) + "/tests/golden/reports/" + name;
    return synthesis::parse_report(read_file(file), file);
}

} // namespace

TEST_CASE("a routed Vivado utilization tells tool, part, LUT, registers and carry", "[synthesis][report]") {
    const Record record = sample("vivado_utilization_routed.rpt");
    CHECK(record.kind == Kind::placed);
    CHECK(record.tool == "vivado");
    CHECK(record.version == "v.2023.2");
    CHECK(record.device == "xcvu13p-flga2577-2-e");
    CHECK(record.lut == 5804);
    CHECK(record.ff == 3420);
    CHECK(record.carry == 812);
    CHECK(record.mux == 12);
    CHECK(record.dsp == 0);
    CHECK(record.bram == 0);
    CHECK_FALSE(record.period_ns.has_value());
    CHECK(record.files == std::vector<std::string>{"vivado_utilization_routed.rpt"});
}

TEST_CASE("a synthesised 7-series utilization is not called placed; carry is among the primitives",
          "[synthesis][report]") {
    const Record record = sample("vivado_utilization_synthesised.rpt");
    CHECK(record.kind == Kind::synthesised);
    CHECK(record.lut == 1702);
    CHECK(record.ff == 415);
    CHECK(record.carry == 512);
}

TEST_CASE("a Vivado timing summary tells the clock, the period reached and the levels", "[synthesis][report]") {
    const Record record = sample("vivado_timing_summary.rpt");
    CHECK(record.kind == Kind::placed);
    CHECK(record.clock_ns == 5.0);
    CHECK(record.period_ns.value() == Approx(5.0 - 0.822));
    CHECK(record.levels == 11);
    CHECK_FALSE(record.lut.has_value());
}

TEST_CASE("Quartus: ALUTs and registers of the fit, the slowest corner of the timing", "[synthesis][report]") {
    const Record fit = sample("quartus_fit.rpt");
    CHECK(fit.tool == "quartus");
    CHECK(fit.version == "22.1std.2");
    CHECK(fit.device == "5CSEMA5F31C6");
    CHECK(fit.lut == 1932);
    CHECK(fit.ff == 1288);
    CHECK(fit.dsp == 0);
    const Record timing = sample("quartus_sta.rpt");
    CHECK(timing.clock_ns == 5.0);
    CHECK(timing.period_ns.value() == Approx(1000.0 / 156.25));
    CHECK_FALSE(timing.lut.has_value());
}

TEST_CASE("nextpnr and yosys write JSON", "[synthesis][report]") {
    const Record placed = sample("nextpnr.json");
    CHECK(placed.kind == Kind::placed);
    CHECK(placed.device == "ice40");
    CHECK(placed.lut == 2843);
    CHECK(placed.period_ns == 8.0);
    CHECK(placed.clock_ns == 5.0);
    const Record mapped = sample("yosys_stat.json");
    CHECK(mapped.tool == "yosys");
    CHECK(mapped.lut == 177 + 27 + 1 + 56 + 1);
    CHECK(mapped.ff == 115);
    CHECK(mapped.carry == 99);
    CHECK_FALSE(mapped.levels.has_value());
}

TEST_CASE("utilization and timing of one tool become one record, another tool another", "[synthesis][record]") {
    std::vector<Record> records;
    const Record timing = sample("vivado_timing_summary.rpt"); // its part has no speed grade
    synthesis::merge(records, sample("vivado_utilization_routed.rpt"));
    synthesis::merge(records, timing);
    REQUIRE(records.size() == 1);
    CHECK(records[0].lut == 5804);
    CHECK(records[0].period_ns.has_value());
    CHECK(records[0].device == "xcvu13p-flga2577-2-e");
    CHECK(records[0].files.size() == 2);
    synthesis::merge(records, timing);
    CHECK(records[0].files.size() == 2);
    synthesis::merge(records, sample("yosys_stat.json"));
    CHECK(records.size() == 2);
    const Json json = synthesis::to_json(records);
    CHECK(synthesis::records_from_json(json, "s.json") == records);
}

TEST_CASE("what is no report is refused with what would be", "[synthesis][report]") {
    for (const char* text : {"", "hello", "{\"a\": 1}", "{", "| Tool Version : Vivado v.2023.2\n", "[1]"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(synthesis::parse_report(text, "x.rpt"), Error);
    }
    CHECK_THROWS_WITH(synthesis::parse_report("{\"fmax\": {\"clk\": {}}, \"utilization\": {}}", "x.json"),
                      Catch::Contains("not as its tool writes it"));
}
