// The report: JSON round trip, the table, the page.
#include "base/error.hpp"
#include "report/chart.hpp"
#include "report/collect.hpp"
#include "report/html.hpp"
#include "report/number.hpp"
#include "report/text.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::report;

namespace {

Report sample() {
    Report report;
    report.title = "digits";
    report.sections.push_back(
        {"model",
         "Model",
         {{"test", "quantised accuracy", 0.97222, "ratio", Source::computed, "test data, 360 rows"},
          {"ebops", "EBOPs", 5120.0, "", Source::trained, ""}}});
    report.sections.push_back({"hardware",
                               "Hardware",
                               {{"target", "target", std::string("xcvu13p"), "", Source::given, "xcvu13p-flga"},
                                {"lut", "LUT", std::int64_t{4210}, "", Source::estimated, "0.244 % of 1728000"},
                                {"latency_ns", "latency", 35.0, "ns", Source::computed, ""}}});
    report.sections.push_back(
        {"files",
         "Files",
         {{"verilog", "verilog", std::string("a/rather/long/path/to/the/file/digits.v"), "", Source::given, ""}}});
    report.layers = {{"dense_1", 2100.5, 900, 2200, 0, 2, {7, 8, 8}}, {"<odd & \"name\">", 10, 20, 12, 3, 3, {}}};
    report.neurons = {{"dense_1", 0, 100.5, 16, 110}, {"dense_1", -1, 2000, 884, 2090}};
    report.comparisons = {{"LUT", "", 4210, 0.05, 4100, Source::synthesised, "yosys 0.23, xilinx"}};
    report.front = Front{
        "accuracy",
        true,
        {{10, 500, 0.9, 0.895, 700, false}, {20, 5120, 0.975, 0.97, 1800, true}, {30, 9000, 0.98, 0.978, 2500, false}}};
    return report;
}

std::size_t count(const std::string& text, const std::string& what) {
    std::size_t n = 0;
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1))
        ++n;
    return n;
}

} // namespace

TEST_CASE("a report survives its JSON", "[cli][report][C8]") {
    const Report report = sample();
    const std::string text = to_json(report).dump();
    REQUIRE(from_json(parse_json(text, "r.json"), "r.json") == report);
    REQUIRE(to_json(from_json(parse_json(text, "r.json"), "r.json")).dump() == text);
    Report bare;
    bare.title = "bare";
    REQUIRE(from_json(to_json(bare), "r.json") == bare);
}

TEST_CASE("a damaged report is an error that names the place", "[cli][report]") {
    Json json = to_json(sample());
    json["sections"]["hardware"]["rows"]["lut"]["source"] = "guessed";
    REQUIRE_THROWS_WITH(from_json(json, "r.json"),
                        Catch::Contains("r.json: sections.hardware.rows.lut.source") && Catch::Contains("guessed"));
    REQUIRE_THROWS_AS(from_json(Json::array(), "r.json"), Error);
}

TEST_CASE("every source has a name of its own", "[cli][report]") {
    Report report = sample();
    for (const Source source : {Source::given, Source::trained, Source::computed, Source::estimated, Source::simulated,
                                Source::synthesised, Source::placed, Source::measured}) {
        report.sections[0].rows[0].source = source;
        CAPTURE(name(source));
        REQUIRE(from_json(to_json(report), "r.json") == report);
    }
}

TEST_CASE("the table shows every number with its unit and source", "[cli][report]") {
    REQUIRE(to_text(sample()) == R"(digits
======

Model
  quantised accuracy    97.22  %   computed   test data, 360 rows
  EBOPs                  5120      trained

Hardware
  target              xcvu13p                 xcvu13p-flga
  LUT                    4210      estimated  0.244 % of 1728000
  latency                  35  ns  computed

Files
  verilog             a/rather/long/path/to/the/file/digits.v

Layers, estimated
  layer            LUT    share   FF  carry bits  stages
  --------------  ----  -------  ---  ----------  ------
  dense_1         2101   99.5 %  900        2200     0-2
  <odd & "name">    10  0.474 %   20          12       3

Pareto front
  EBOPs  expected accuracy  validation  live weights  epoch
  -----  -----------------  ----------  ------------  -----  ---------
    500             89.5 %        90 %           700     10
   5120               97 %      97.5 %          1800     20  <- picked
   9000             97.8 %        98 %          2500     30
)");
}

TEST_CASE("a long front is thinned, its ends and the picked point stay", "[cli][report]") {
    Front front{"rms", false, {}};
    for (int i = 0; i < 200; ++i)
        front.points.push_back({i, 1000.0 + i, 0.001 * i + 0.001, 0.001 * i, 10, i == 77});
    const std::string text = front_text(front, 10);
    REQUIRE(count(text, "\n") == 2 + 11 + 1);
    REQUIRE(text.find("1000") != std::string::npos);
    REQUIRE(text.find("1199") != std::string::npos);
    REQUIRE(text.find("1077         0.077       0.078") != std::string::npos);
    REQUIRE(text.find("(11 of 200 points)") != std::string::npos);
}

TEST_CASE("numbers have as many digits as they need", "[cli][report]") {
    REQUIRE(number(0) == "0");
    REQUIRE(number(-0.0) == "0");
    REQUIRE(number(1728000) == "1728000");
    REQUIRE(number(12.5) == "12.5");
    REQUIRE(number(0.123456789) == "0.12346");
    REQUIRE(number(97.2222, 4) == "97.22");
    REQUIRE(number(1e-7) == "1e-07");
    REQUIRE(number(-3.14159, 3) == "-3.14");
    REQUIRE(number(99999.9) == "100000");
    REQUIRE(shown_metric("accuracy", 0.975) == "97.5 %");
    REQUIRE(shown_metric("rms", 0.975) == "0.975");
    REQUIRE(shown({"a", "a", 1.0, "ratio", Source::trained, ""}).value == "100");
}

TEST_CASE("the page is self-contained and escapes names", "[cli][report]") {
    const std::string html = to_html(sample());
    REQUIRE(html.find("<!DOCTYPE html>") == 0);
    for (const char* outside : {"http:", "https:", "<script", "<link", "@import", "url(", "src="}) {
        CAPTURE(outside);
        REQUIRE(html.find(outside) == std::string::npos);
    }
    REQUIRE(html.find("&lt;odd &amp; &quot;name&quot;&gt;") != std::string::npos);
    REQUIRE(html.find("<odd") == std::string::npos);
    REQUIRE(count(html, "<circle") == 3);
    REQUIRE(count(html, "class=\"picked\"") == 1);
    REQUIRE(count(html, "class=\"bar-lut\"") == 2 + 1); // two layers, one comparison
    REQUIRE(count(html, "class=\"bar-measured\"") == 1);
    REQUIRE(count(html, "class=\"cell\"") == 3);

    REQUIRE(html.find("dense_1[0]: 7 bits, 100 LUT") != std::string::npos);
    REQUIRE(count(html, "<svg") == count(html, "</svg>"));
    REQUIRE(count(html, "<section>") == count(html, "</section>"));
    REQUIRE(count(html, "nan") == 0);
}

TEST_CASE("charts of nothing are empty and charts of one thing have finite numbers", "[cli][report]") {
    REQUIRE(front_chart({}).empty());
    REQUIRE(layer_chart({}).empty());
    REQUIRE(layer_chart({{"dead", 0, 0, 0, 0, 0, {}}}).empty());
    const std::string one = front_chart({"accuracy", true, {{1, 100, 0.5, 1, true}}});
    REQUIRE(count(one, "<circle") == 1);
    REQUIRE(one.find("nan") == std::string::npos);
    REQUIRE(one.find("inf") == std::string::npos);
    // A dead network costs nothing and has no place on a logarithmic axis.
    // Points that cost about the same stand above round numbers too.
    const std::string close =
        front_chart({"accuracy", true, {{1, 43, 0.5, 0.5, 1, false}, {2, 46, 0.9, 0.9, 1, true}}});
    REQUIRE_THAT(close, Catch::Contains(">44<") && Catch::Contains(">46<"));
    REQUIRE(count(front_chart({"accuracy", true, {{1, 0, 0.1, 0.1, 0, false}, {2, 50, 0.9, 0.9, 3, false}}}),
                  "<circle") == 1);
}

TEST_CASE("ticks are round numbers inside the range", "[cli][report]") {
    REQUIRE(ticks(0, 1, 5) == std::vector<double>{0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0});
    REQUIRE(ticks(3, 47, 4) == std::vector<double>{20, 40});
    REQUIRE(ticks(-10, 10, 4) == std::vector<double>{-10, -5, 0, 5, 10});
}

TEST_CASE("facts of training become rows with the metric's name, whatever else is recorded is kept", "[cli][report]") {
    model::Model model;
    model.name = "m";
    model.inputs.push_back({"x", {1}, {fx::Format{true, 2, 0}}});
    model.outputs.push_back({"y", {1}, 0});
    model.facts =
        parse_json(R"({"test": 0.96, "metric_name": "accuracy", "test_rows": 360, "ebops": 512.0, "weights": 30,
                                 "live_weights": 20, "strange": "thing", "list": [1, 2]})",
                   "facts");
    Report report;
    report.sections.push_back(model_section(model));
    const Row* test = find(report, "model", "test");
    REQUIRE(test != nullptr);
    REQUIRE(*test == Row{"test", "quantised accuracy", 0.96, "ratio", Source::computed, "test data, 360 rows"});
    REQUIRE(find(report, "model", "live_weights")->note == "of 30");
    REQUIRE(std::get<std::string>(find(report, "model", "strange")->value) == "thing");
    REQUIRE(find(report, "model", "list") == nullptr);
    REQUIRE(find(report, "model", "weights") == nullptr);
    model.facts["metric_name"] = "rms";
    REQUIRE(model_section(model).rows[0].unit.empty());
    REQUIRE(model_section(model).rows[0].name == "quantised rms");
}

TEST_CASE("a verification passes only without mismatches and at the scheduled latency", "[cli][report]") {
    Verification v;
    v.data_vectors = 360;
    v.random_vectors = 10000;
    v.corner_vectors = 135;
    v.output_bits = 120;
    v.scheduled_cycles = v.simulated_cycles = 7;
    v.clock_ns = 5;
    v.seed = 3;
    REQUIRE(v.vectors() == 10495);
    REQUIRE(v.passed());
    REQUIRE(to_json(verification_from_json(to_json(v), "v.json")).dump() == to_json(v).dump());
    Report report;
    put(report, verification_section(v));
    REQUIRE(std::get<std::string>(find(report, "verification", "result")->value) == "passed");
    REQUIRE(find(report, "verification", "adders_of_three") == nullptr);
    v.expressions = true; // is said wherever the verification is shown
    REQUIRE(to_json(verification_from_json(to_json(v), "v.json")).dump() == to_json(v).dump());
    put(report, verification_section(v));
    REQUIRE(find(report, "verification", "adders_of_three")->note.find("--cells") != std::string::npos);
    v.simulated_cycles = 8;
    REQUIRE_FALSE(v.passed());
    put(report, verification_section(v)); // replaces
    REQUIRE(report.sections.size() == 1);
    REQUIRE(std::get<std::string>(find(report, "verification", "result")->value) == "FAILED");
    REQUIRE(find(report, "verification", "latency_cycles")->note == "scheduled are 7");
}
