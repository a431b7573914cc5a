// model.json: reading back gives the same model, the same model gives the same bytes, and what is wrong is named.
#include "base/error.hpp"
#include "base/file.hpp"
#include "model/model.hpp"
#include "small_model.hpp"
#include "support/random_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <filesystem>
#include <functional>
#include <sstream>

namespace bitgrain::test {

TEST_CASE("a model survives JSON and text unchanged", "[model][json]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        const model::Model m = random_model(seed);
        REQUIRE(model::from_json(model::to_json(m), "test") == m);
        const std::string text = model::to_text(m);
        const model::Model again = model::from_json(parse_json(text, "test"), "test");
        REQUIRE(again == m);
        REQUIRE(model::to_text(again) == text);
    }
}

TEST_CASE("a model survives the disk, facts and task included", "[model][json]") {
    const auto folder = std::filesystem::temp_directory_path() / "bitgrain_test_model_json";
    const auto path = folder / "model.json";
    model::Model m = small_model();
    std::get<model::Affine>(m.steps[0].op).bias = {0.1, 0x1.fffffffffffffp-40}; // need all 17 digits
    m.task = {model::Task::Kind::regression, {}, {0.1, 2.0, -3.5, 1e300}, {1.0 / 3.0, 0.0, 0.0, 1e-300}};
    m.facts["nested"] = {{"list", {1, 2.5, "x"}}, {"none", nullptr}, {"whole", 3.0}};
    // These constants leave 53 bits next to the inputs, so they stand alone.
    std::get<model::Affine>(m.steps[0].op).weights = {0.0, 0.0, 0.0, 0.0};
    m.steps.resize(3);
    m.outputs = {{"y", {2}, 4}, {"raw", {1, 2}, 2}};
    model::write(path, m);
    CHECK(model::read(path) == m);
    CHECK(read_file(path) == model::to_text(m));
    std::filesystem::remove_all(folder);
}

TEST_CASE("the text is made for people: short lines, one matrix row per line", "[model][json]") {
    model::Model m = small_model();
    model::Affine affine{2, 60, std::vector<double>(120, 0.0), std::vector<double>(60, 0.5)};
    for (std::size_t j = 0; j < 60; ++j)
        affine.weights[j] = static_cast<double>(j) * 0.015625;
    m.steps.push_back({"wide", {0}, affine});
    m.steps.push_back({"wide", {11}, model::Cast{std::vector<fx::Cast>(60)}});
    model::validate(m);
    std::istringstream lines(model::to_text(m));
    std::size_t long_rows = 0;
    for (std::string line; std::getline(lines, line);) {
        CAPTURE(line);
        const bool matrix_row = line.starts_with("    [");
        if (!matrix_row) CHECK(line.size() <= 120);
        long_rows += line.size() > 120 ? 1 : 0;
        CHECK(line.find_last_not_of(' ') == line.size() - 1);
    }
    CHECK(long_rows == 2);
}

TEST_CASE("the form of model.json is fixed", "[model][json]") {
    model::Model m;
    m.name = "tiny";
    m.inputs = {{"x", {2}, {{true, 1, 2}, {false, 0, 3}}}};
    m.steps.push_back({"dense", {0}, model::Affine{2, 1, {0.5, -2.0}, {1.0}}});
    m.steps.push_back({"dense", {1}, model::Cast{{{{true, 2, 0}, fx::Round::rnd, fx::Overflow::wrap}}}});
    m.outputs = {{"y", {1}, 2}};
    CHECK(model::to_text(m) == R"({
 "format": "bitgrain-model-1", "name": "tiny",
 "inputs": [{"name": "x", "shape": [2], "sign": [1, 0], "integer": [1, 0], "fraction": [2, 3]}],
 "steps": [
  {"op": "affine", "name": "dense", "operands": [0], "weights": [[0.5], [-2]], "bias": [1]},
  {"op": "cast", "name": "dense", "operands": [1], "round": "RND", "overflow": "WRAP", "sign": [1], "integer": [2],
   "fraction": [0]}
 ],
 "outputs": [{"name": "y", "shape": [1], "value": 2}], "task": {"kind": "none"}, "facts": {}
}
)");
}

namespace {

/// Breaks the small model's JSON and returns the error's full text.
std::string error_of(const std::function<void(Json&)>& breakage) {
    Json json = model::to_json(small_model());
    breakage(json);
    try {
        (void)model::from_json(json, "m.json");
    } catch (const Error& error) {
        return error.what();
    }
    return "no error";
}

} // namespace

TEST_CASE("an unknown key is refused with a suggestion", "[model][json]") {
    CHECK_THAT(error_of([](Json& j) { j["output"] = 1; }),
               Catch::Contains("unknown key 'output'") && Catch::Contains("'outputs'"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][0]["weight"] = 1; }),
               Catch::Contains("steps[0]") && Catch::Contains("'weights'"));
    CHECK_THAT(error_of([](Json& j) { j["inputs"][1]["width"] = 1; }), Catch::Contains("inputs[1]"));
    CHECK_THAT(error_of([](Json& j) { j["task"]["class"] = 1; }), Catch::Contains("'classes'"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][1]["size"] = 1; }), Catch::Contains("unknown key 'size'"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][8]["tables"][0]["keys"] = 1; }), Catch::Contains("tables[0]"));
}

TEST_CASE("a missing key, a wrong type and a wrong word are named with their place", "[model][json]") {
    CHECK_THAT(error_of([](Json& j) { j["format"] = "bitgrain-model-9"; }), Catch::Contains("bitgrain-model-1"));
    CHECK_THAT(error_of([](Json& j) { j.erase("inputs"); }), Catch::Contains("'inputs' is missing"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][0]["weights"][1][0] = "x"; }),
               Catch::Contains("steps[0].weights[1][0]") && Catch::Contains("must be a number"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][0]["weights"][1].push_back(1); }),
               Catch::Contains("steps[0].weights[1]") && Catch::Contains("3 numbers"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][0]["weights"] = 5; }), Catch::Contains("list of rows"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][0]["bias"] = Json::object(); }), Catch::Contains("must be a list"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["integer"][1] = 1.5; }),
               Catch::Contains("steps[2].integer[1]") && Catch::Contains("must be an integer"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["integer"][1] = 1LL << 40; }), Catch::Contains("out of range"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["sign"][0] = 2; }), Catch::Contains("steps[2].sign[0]"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["sign"].push_back(1); }), Catch::Contains("equally many"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["round"] = "RDN"; }), Catch::Contains("'RND'"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["round"][1] = "RDN"; }), Catch::Contains("round[1]"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][2]["overflow"].push_back("SAT"); }), Catch::Contains("3 words"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][1]["op"] = "rleu"; }), Catch::Contains("'relu'"));
    CHECK_THAT(error_of([](Json& j) { j["steps"][8]["index"][0] = -1; }), Catch::Contains("index[0]"));
    CHECK_THAT(error_of([](Json& j) { j["task"]["kind"] = "guess"; }), Catch::Contains("task.kind"));
    CHECK_THAT(error_of([](Json& j) { j["steps"] = Json::object(); }), Catch::Contains("must be a list"));
    CHECK_THAT(error_of([](Json& j) { j["facts"] = 3; }), Catch::Contains("facts"));
    CHECK_THAT(error_of([](Json& j) { j["outputs"][0]["value"] = 99; }), Catch::Contains("there is no value 99"));
    CHECK(error_of([](Json& j) {
              j.erase("task");
              j.erase("facts");
          }) == "no error");
}

} // namespace bitgrain::test
