// From a model file to verified Verilog, and what happens when the two do not agree.
#include "base/json.hpp"
#include "data/dataset.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

Json json_of(const Outcome& outcome) {
    INFO(outcome.out << outcome.err);
    REQUIRE(outcome.err.find("bitgrain:") == std::string::npos);
    return parse_json(outcome.out, "output");
}

} // namespace

TEST_CASE("a model is built, verified, reported and found out when it is changed", "[cli][C7]") {
    const Folder folder("build");
    const std::string model = folder.string("m.json"), build = folder.string("b");
    model::write(model, small_model());

    const Outcome built = run_program({"build", model, "-o", build, "--target", "xc7a100t", "--clock-ns", "4"});
    INFO(built.err);
    REQUIRE(built.code == 0);
    REQUIRE_THAT(built.out,
                 Contains("adders") && Contains("estimated") && Contains("pipeline stages") && Contains("63400"));
    for (const char* file : {"model.json", "signature.json", "report.json", "rtl/tiny.v", "constraints/tiny_ooc.xdc",
                             "scripts/build.tcl", "README.md", "manifest.json"})
        REQUIRE(fs::exists(fs::path(build) / file));
    REQUIRE(read_file(fs::path(build) / "model.json") == read_file(model));
    REQUIRE(folder.entries() == 2);

    // The same model and options give the same bytes, wherever they are written.
    REQUIRE(run_program({"build", model, "-o", folder.string("c"), "--target", "xc7a100t", "--clock-ns", "4"}).code ==
            0);
    for (const char* file : {"signature.json", "report.json", "rtl/tiny.v", "manifest.json", "README.md"}) {
        REQUIRE(read_file(fs::path(build) / file) == read_file(folder / "c" / file));
    }

    data::write_npy(folder / "x.npy", {{3, 2}, {1, 2, -3.5, 4, 100, 5}, false});
    const Outcome verified =
        run_program({"verify", build, "--data", folder.string("x.npy"), "--random", "500", "--json"});
    const Json result = json_of(verified);
    REQUIRE(verified.code == 0);
    REQUIRE(result.at("passed") == true);
    REQUIRE(result.at("mismatches") == 0);
    REQUIRE(result.at("data_vectors") == 3);
    REQUIRE(result.at("random_vectors") == 500);
    REQUIRE(result.at("saturated_values") == 1);
    REQUIRE(result.at("simulated_cycles") == result.at("scheduled_cycles"));
    REQUIRE(read_json(fs::path(build) / "verification.json") == result);

    const Outcome report = run_program({"report", build, "--html", folder.string("r.html"), "--json"});
    REQUIRE(report.code == 0);
    const Json rows = json_of(report).at("sections");
    REQUIRE(rows.at("verification").at("rows").at("vectors").at("value") == result.at("vectors"));
    REQUIRE(rows.at("hardware").at("rows").at("lut").at("source") == "estimated");
    REQUIRE_THAT(read_file(folder / "r.html"), Contains("mismatches") && Contains("<svg"));

    const Outcome bubbles = run_program({"verify", build, "--random", "200", "--bubbles"});
    REQUIRE(bubbles.code == 0);
    REQUIRE_THAT(bubbles.out, Contains("with bubbles"));

    // Another constant in the model than in the Verilog.
    model::Model changed = small_model();
    std::get<model::Affine>(changed.steps[3].op).bias[1] = 0.5;
    model::write(fs::path(build) / "model.json", changed);
    const Outcome differs = run_program({"verify", build, "--random", "100"});
    REQUIRE(differs.code == 1);
    REQUIRE_THAT(differs.out, Contains("FAILED") && Contains("corner 0, output y[1]: expected"));
    REQUIRE(read_json(fs::path(build) / "verification.json").at("passed") == false);
    REQUIRE(run_program({"verify", build, "--random", "100", "--json"}).code == 1);

    // A latency that is not the promised one.
    model::write(fs::path(build) / "model.json", small_model());
    Json signature = read_json(fs::path(build) / "signature.json");
    signature["latency_cycles"] = signature["latency_cycles"].get<int>() + 1;
    write_file(fs::path(build) / "signature.json", signature.dump(2));
    const Outcome late = run_program({"verify", build, "--random", "10"});
    INFO(late.out << late.err);
    REQUIRE(late.code == 1);
    REQUIRE(fs::directory_iterator(build) != fs::directory_iterator());
    for (const auto& entry : fs::directory_iterator(build))
        REQUIRE(entry.path().filename().string()[0] != '.');
}

TEST_CASE("a head decides in hardware, and what it decides is verified", "[cli][C7]") {
    const Folder folder("head");
    const std::string model = folder.string("m.json"), build = folder.string("b");
    model::write(model, small_model());
    const Outcome built = run_program({"build", model, "-o", build, "--clock-ns", "4", "--head", "argmax"});
    INFO(built.err);
    REQUIRE(built.code == 0);
    const Json port = read_json(fs::path(build) / "signature.json").at("outputs").at(0);
    REQUIRE_THAT(port.at("name").get<std::string>(), Contains("y_argmax"));
    REQUIRE(port.at("width") == 1);
    REQUIRE(port.at("signed") == false);
    REQUIRE(run_program({"verify", build, "--random", "500"}).code == 0);
    const Outcome wrong = run_program({"build", model, "-o", folder.string("c"), "--head", "top-k=3"});
    REQUIRE(wrong.code == 2);
    REQUIRE_THAT(wrong.err, Contains("of which 3 cannot be chosen"));
    REQUIRE(run_program({"build", model, "-o", folder.string("c"), "--head", "best"}).code == 2);
}

TEST_CASE("report of a model file gives its facts, widths and estimates, and leaves nothing behind", "[cli][report]") {
    const Folder folder("report_model");
    model::Model model = small_model();
    model.facts["ebops"] = 1234.0;
    model::write(folder / "m.json", model);
    const Outcome report = run_program({"report", folder.string("m.json"), "--json"});
    INFO(report.err);
    REQUIRE(report.code == 0);
    const Json sections = json_of(report).at("sections");
    REQUIRE(sections.at("model").at("rows").at("ebops").at("value") == 1234.0);
    REQUIRE(sections.at("widths").at("rows").at("input_0").at("value") == 4.5); // s3.1 and u4.0
    REQUIRE_THAT(report.out, Contains("mean of 6 live of 6, at most 3"));       // the weights of a layer
    REQUIRE(sections.at("hardware").at("rows").at("lut").at("source") == "estimated");
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("an imported design gets the name that is asked for", "[cli]") {
    const Folder folder("named");
    const std::string model = folder.string("m.json"), graph = folder.string("g.json"), named = folder.string("n.json");
    model::write(model, small_model());
    REQUIRE(run_program({"export", model, "-o", graph, "--format", "alir"}).code == 0);
    REQUIRE(run_program({"import", graph, "-o", named, "--name", "jet tagger"}).code == 0);
    CHECK(read_json(named).at("name") == "jet tagger");
    REQUIRE(run_program({"build", named, "-o", folder.string("b")}).code == 0);
    CHECK_THAT(read_file(folder / "b/rtl/jet_tagger.v"), Contains("module jet_tagger ("));
    const Outcome empty = run_program({"import", graph, "-o", folder.string("e.json"), "--name", ""});
    CHECK(empty.code == 2);
    CHECK_THAT(empty.err, Contains("--name") && Contains("empty"));
    CHECK_FALSE(fs::exists(folder / "e.json"));
}

TEST_CASE("trace shows every value of a row, and the words at the ports of a build", "[cli]") {
    const Folder folder("trace");
    const std::string model = folder.string("m.json"), build = folder.string("b"), x = folder.string("x.npy");
    model::write(model, small_model());
    data::write_npy(x, {{2, 2}, {0, 0, 1, 2}, false});
    REQUIRE(run_program({"build", model, "-o", build}).code == 0);

    const Json trace = json_of(run_program({"trace", build, "--data", x, "--row", "1", "--json"}));
    // By hand: (1, 2) times the first matrix plus its bias, relu, casts, the second matrix and its bias.
    const std::vector<std::vector<double>> expected{{1, 2}, {5.5, -2.25, 2}, {5.5, 0, 2}, {5.5, 0, 2}, {1.75, -4.5}};
    const std::vector<std::string> ops{"input", "affine", "relu", "cast", "affine"};
    REQUIRE(trace.at("values").size() == expected.size());
    for (std::size_t v = 0; v < expected.size(); ++v) {
        const Json& value = trace.at("values")[v];
        CHECK(value.at("op") == ops[v]);
        REQUIRE(value.at("elements").size() == expected[v].size());
        for (std::size_t e = 0; e < expected[v].size(); ++e) {
            const Json& element = value.at("elements")[e];
            CHECK(element.at("element") == e);
            CHECK(element.at("value") == expected[v][e]);
            CHECK(std::ldexp(element.at("code").get<double>(), -element.at("fraction").get<int>()) == expected[v][e]);
        }
    }
    const auto at_ports = [&](const char* word, const char* ports) {
        const std::uint64_t bits = std::stoull(trace.at(word).get<std::string>(), nullptr, 16);
        std::vector<double> values;
        const Json signature = read_json(fs::path(build) / "signature.json");
        for (const Json& port : signature.at(ports)) {
            const int width = port.at("width").get<int>();
            auto code = static_cast<std::int64_t>(bits >> port.at("offset").get<int>() & ((1ULL << width) - 1));
            if (port.at("signed").get<bool>() && (code >> (width - 1)) != 0) code -= std::int64_t{1} << width;
            values.push_back(std::ldexp(static_cast<double>(code), -port.at("fraction").get<int>()));
        }
        return values;
    };
    CHECK(at_ports("in_data", "inputs") == expected.front());
    CHECK(at_ports("out_data", "outputs") == expected.back());

    const Outcome layer = run_program({"trace", model, "--data", x, "--row", "1", "--layer", "dense_2"});
    CHECK(layer.code == 0);
    CHECK_THAT(layer.out, Contains("-4.5") && Contains("affine") && !Contains("dense_1") && !Contains("in_data"));

    const Outcome row = run_program({"trace", model, "--data", x, "--row", "2"});
    CHECK(row.code == 2);
    CHECK_THAT(row.err, Contains("no row 2") && Contains("x.npy") && Contains("it has 2"));
    const Outcome unknown = run_program({"trace", model, "--data", x, "--layer", "dense_3"});
    CHECK(unknown.code == 2);
    CHECK_THAT(unknown.err, Contains("no layer dense_3") && Contains("x, dense_1, dense_2"));
}

TEST_CASE("evaluate prints the metric of any data and writes the outputs", "[cli]") {
    const Folder folder("evaluate");
    const std::string model = folder.string("m.json");
    model::write(model, small_model());
    // Outputs by hand: x = (0, 0): hidden 1, 0 (from -2.5), 0 -> y = 1.25, -1. x = (2, 1): 4, 0, 5.5 -> 5 after the
    // tight cast rounds 5.5 to 6: y = 4 - 12 + 0.25, -4 + 3.
    data::write_npy(folder / "x.npy", {{2, 2}, {0, 0, 2, 1}, true});
    data::write_npy(folder / "y.npy", {{2}, {0, 0}, true});
    const Outcome outcome = run_program({"evaluate", model, "--data", folder.string("x.npy"), "--labels",
                                         folder.string("y.npy"), "--outputs", folder.string("o.npy"), "--json"});
    const Json rows = json_of(outcome).at("sections").at("result").at("rows");
    REQUIRE(outcome.code == 0);
    REQUIRE(rows.at("accuracy").at("value") == 0.5);
    REQUIRE(rows.at("rows").at("value") == 2);
    REQUIRE(data::read_npy(folder / "o.npy").values == std::vector<double>{1.25, -1, -7.75, -1});

    write_file(folder / "d.csv", "p,q,kind\n0,0,left\n2,1,right\n0,100,left\n");
    const Outcome table = run_program({"evaluate", model, "--data", folder.string("d.csv"), "--label-column", "-1"});
    INFO(table.err);
    REQUIRE(table.code == 0);
    REQUIRE_THAT(table.out, Contains("accuracy") && Contains("saturated input values"));
    const Outcome named =
        run_program({"evaluate", model, "--data", folder.string("d.csv"), "--label-column", "kind", "--header", "yes"});
    REQUIRE(named.out == table.out);
}

TEST_CASE("every way to ask for clock and latency gives a design that simulates as scheduled", "[cli][C7]") {
    const Folder folder("timing");
    const std::string model = folder.string("m.json");
    model::write(model, small_model());
    const auto build = [&](const std::string& name, std::vector<std::string> options) {
        options.insert(options.begin(), {"build", model, "-o", folder.string(name), "--target", "generic", "--json"});
        const Json rows = json_of(run_program(options)).at("sections").at("hardware").at("rows");
        const Outcome verified = run_program({"verify", folder.string(name), "--random", "200", "--bubbles", "--json"});
        const Json result = json_of(verified);
        CHECK(verified.code == 0);
        CHECK(result.at("mismatches") == 0);
        CHECK(result.at("simulated_cycles") == rows.at("latency_cycles").at("value"));
        CHECK(rows.at("clock").at("source") == (options.at(7).starts_with("--clock-ns") ? "given" : "estimated"));
        return std::pair(rows.at("clock").at("value").get<double>(), rows.at("latency_cycles").at("value").get<int>());
    };
    const auto [comb_clock, comb_cycles] = build("comb", {"--comb"});
    CHECK(comb_cycles == 0);
    for (const char* file : {"comb/constraints/tiny_ooc.xdc", "comb/constraints/tiny.sdc"})
        CHECK_THAT(read_file(folder / file), Contains("set_max_delay") && Contains("-from [get_ports {in_valid"));
    const auto [fast_clock, fast_cycles] = build("fmax", {"--fmax"});
    CHECK_THAT(read_file(folder / "fmax/constraints/tiny.sdc"), !Contains("set_max_delay"));
    CHECK(fast_clock < comb_clock);
    CHECK(fast_cycles > 2);
    const auto [within_clock, within_cycles] = build("within", {"--latency-cycles", "3"});
    CHECK(within_cycles <= 3);
    CHECK(within_clock > fast_clock);
    CHECK(within_clock < comb_clock);
    const auto [bare_clock, bare_cycles] =
        build("bare", {"--clock-ns", "9", "--no-input-registers", "--no-output-registers"});
    const auto [usual_clock, usual_cycles] = build("usual", {"--clock-ns", "9"});
    CHECK(usual_cycles == bare_cycles + 2);

    // What cannot be is refused, and the stated clock works.
    const Outcome late = run_program({"build", model, "-o", folder.string("x"), "--target", "generic", "--clock-ns",
                                      std::to_string(fast_clock), "--latency-cycles", "2"});
    CHECK(late.code == 2);
    CHECK_THAT(late.err, Contains("cannot be met within 2 cycles") && Contains("the smallest clock that can be met"));
    const Outcome fast = run_program({"build", model, "-o", folder.string("x"), "--target", "generic", "--clock-ns",
                                      std::to_string(fast_clock - 0.001)});
    CHECK(fast.code == 2);
    char stated[32];
    std::snprintf(stated, sizeof stated, "%.3f ns", fast_clock);
    CHECK_THAT(fast.err, Contains(stated));
    for (const std::vector<std::string>& wrong :
         {std::vector<std::string>{"--fmax", "--clock-ns", "5"}, {"--comb", "--latency-cycles", "1"}}) {
        std::vector<std::string> options{"build", model, "-o", folder.string("x")};
        options.insert(options.end(), wrong.begin(), wrong.end());
        CHECK(run_program(options).code == 2);
    }
}
