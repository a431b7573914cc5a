// bitgrain cmvm: a row per matrix file, and what is refused.
#include "base/json.hpp"
#include "program.hpp"

#include <catch2/catch.hpp>
#include <sstream>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;

namespace {

std::string matrix(const std::string& name, const std::string& kernel) {
    return R"({"format": "cmvm-bench-1", "name": ")" + name + R"(", "shape": [2, 3], "scale_log2": -2, "inputs":
  [[-8, 7, 1], [0, 3.5, 0.5]], "kernel": )" +
           kernel + "}\n";
}

/// Two matrices: x0 + x1, 3 x0 and 3 x0 + x1 (in quarters), and one that is all wires.
struct Matrices {
    Folder folder;
    std::string sums, wires;

    explicit Matrices(const std::string& name)
        : folder("cmvm_" + name), sums(folder.string("sums.json")), wires(folder.string("wires.json")) {
        write_file(sums, matrix("sums", "[[1, 3, 3], [1, 0, 1]]"));
        write_file(wires, matrix("wires", "[[4, 0, 0], [0, -2, 0]]"));
    }

    std::string refused(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "cmvm");
        const Outcome outcome = run_program(arguments);
        INFO(outcome.err);
        REQUIRE(outcome.code == 2);
        REQUIRE(outcome.out.empty());
        REQUIRE(outcome.err.find("bitgrain: ") == 0);
        return outcome.err;
    }
};

std::vector<Json> json_rows(const std::vector<std::string>& arguments) {
    const Outcome outcome = run_program(arguments);
    INFO(outcome.err);
    REQUIRE(outcome.code == 0);
    REQUIRE(outcome.err.empty());
    std::vector<Json> rows;
    std::istringstream lines(outcome.out);
    for (std::string line; std::getline(lines, line);)
        rows.push_back(parse_json(line, "line " + std::to_string(rows.size() + 1)));
    return rows;
}

} // namespace

TEST_CASE("cmvm prints one object per matrix and line with exactly its keys", "[cli][cmvm]") {
    const Matrices m("json");
    const std::vector<Json> rows = json_rows({"cmvm", m.sums, m.wires, "--json"});
    REQUIRE(rows.size() == 2);
    for (const Json& row : rows) {
        std::vector<std::string> keys;
        for (const auto& item : row.items())
            keys.push_back(item.key());
        REQUIRE(keys == std::vector<std::string>{"name", "adders", "lut_bits", "depth", "min_depth", "cpu_s", "exact"});
        REQUIRE(row["exact"] == true);
        REQUIRE(row["cpu_s"].get<double>() >= 0);
    }
    REQUIRE(rows[0]["name"] == "sums");
    REQUIRE(rows[0]["adders"] == 3);    // x0 + x1, 3 x0, and the sum of three digits from one of them
    REQUIRE(rows[0]["min_depth"] == 2); // three digits
    REQUIRE(rows[0]["depth"] == 2);
    REQUIRE(rows[0]["lut_bits"].get<int>() > 0);
    REQUIRE(rows[1]["name"] == "wires");
    for (const char* key : {"adders", "lut_bits", "depth", "min_depth"})
        REQUIRE(rows[1][key] == 0);
}

TEST_CASE("cmvm prints a table with the name and an answer per matrix", "[cli][cmvm]") {
    const Matrices m("table");
    const Outcome outcome = run_program({"cmvm", m.wires, m.sums});
    INFO(outcome.out);
    REQUIRE(outcome.code == 0);
    REQUIRE(outcome.err.empty());
    std::istringstream lines(outcome.out);
    std::string line;
    std::getline(lines, line);
    std::istringstream header(line);
    for (const std::string expected : {"name", "adders", "lut_bits", "depth", "min_depth", "cpu_s", "exact"}) {
        std::string word;
        header >> word;
        REQUIRE(word == expected);
    }
    for (const std::string expected : {"wires", "sums"}) {
        REQUIRE(std::getline(lines, line));
        REQUIRE_THAT(line, Catch::StartsWith(expected) && Catch::EndsWith("  yes"));
    }
    REQUIRE_FALSE(std::getline(lines, line));
}

TEST_CASE("the options of cmvm reach the solver", "[cli][cmvm]") {
    const Matrices m("options");
    // One adder of three operands holds a sum that two operands need two levels for.
    const std::vector<Json> ternary = json_rows({"cmvm", m.sums, "--operands", "3", "--json"});
    REQUIRE(ternary.at(0)["min_depth"] == 1);
    REQUIRE(ternary.at(0)["depth"] == 1);
    write_file(m.wires, R"({"format": "cmvm-bench-1", "name": "narrow", "shape": [2, 1], "scale_log2": 0,
  "inputs": [[0, 3, 1], [-2, 1, 1]], "kernel": [[45], [83]]})");
    REQUIRE(json_rows({"cmvm", m.wires, "--json"}).at(0)["adders"] > 0);
    const std::vector<Json> tables = json_rows({"cmvm", m.wires, "--tables", "--json"});
    REQUIRE(tables.at(0)["adders"] == 0);
    REQUIRE(tables.at(0)["lut_bits"] == 5);
    REQUIRE(tables.at(0)["exact"] == true);
    for (const char* effort : {"fast", "normal", "high"}) {
        CAPTURE(effort);
        const std::vector<Json> rows = json_rows(
            {"cmvm", m.sums, "--slack", "none", "--effort", effort, "--seconds", "0.05", "--seed", "7", "--json"});
        REQUIRE(rows.size() == 1);
        REQUIRE(rows[0]["exact"] == true);
    }
}

TEST_CASE("cmvm limits the time by width and says what it came to", "[cli][cmvm]") {
    const Matrices m("delay");
    const Json row = json_rows({"cmvm", m.sums, "--slack", "none", "--delay-slack", "0", "--json"}).at(0);
    REQUIRE(row["exact"] == true);
    REQUIRE(row["min_delay"].get<double>() > 1.1); // an adder and its positions
    REQUIRE(row["delay"].get<double>() <= row["min_delay"].get<double>() + 1e-6);
    const Json slow = json_rows({"cmvm", m.sums, "--delay-slack", "1", "--delay", "10,1,1.3,1", "--json"}).at(0);
    REQUIRE(slow["min_delay"].get<double>() > 10);
    const Outcome table = run_program({"cmvm", m.sums, "--delay-slack", "0.5"});
    REQUIRE(table.code == 0);
    REQUIRE_THAT(table.out, Contains("delay  min_delay"));
}

TEST_CASE("cmvm counts with the costs of another fabric", "[cli][cmvm]") {
    const Matrices m("costs");
    const Json plain = json_rows({"cmvm", m.sums, "--json"}).at(0);
    const Json dear = json_rows({"cmvm", m.sums, "--costs", "3,1,1,1,1", "--json"}).at(0);
    REQUIRE(dear["lut_bits"].get<int>() == 3 * plain["lut_bits"].get<int>());
    REQUIRE_THAT(m.refused({m.sums, "--costs", "1,1,-1,1,1"}), Contains("--costs"));
    REQUIRE_THAT(m.refused({m.sums, "--costs", "1,1"}), Contains("--costs"));
    REQUIRE_THAT(m.refused({m.sums, "--delay-slack", "-1"}), Contains("--delay-slack"));
    REQUIRE_THAT(m.refused({m.sums, "--delay", "1,1,1,1"}), Contains("--delay: is for --delay-slack"));
    REQUIRE_THAT(m.refused({m.sums, "--delay-slack", "0", "--delay", "1,0,1,1"}), Contains("--delay: must be more"));
}

TEST_CASE("cmvm names the file and the place of bad matrices before it solves any", "[cli][cmvm]") {
    const Matrices m("bad");
    const std::string bad = m.folder.string("bad.json");
    REQUIRE_THAT(m.refused({m.sums, bad}), Contains("bad.json"));
    write_file(bad, matrix("bad", "[[1, 2, 3], [4, 5]]"));
    REQUIRE_THAT(m.refused({m.sums, bad}), Contains("bad.json") && Contains("kernel[1]"));
    write_file(bad, matrix("bad", "[[1, 2, 3], [4, 5, 6"));
    REQUIRE_THAT(m.refused({bad}), Contains("bad.json:"));
    write_file(bad, matrix("bad", "[[1, 2, 3], [4, 5, 4611686018427387904]]"));
    REQUIRE_THAT(m.refused({bad, "--json"}), Contains("bad.json") && Contains("bits"));
    REQUIRE_THAT(m.refused({m.folder.path().string()}), Contains(m.folder.path().string()));
}

TEST_CASE("cmvm refuses options out of range by name", "[cli][cmvm]") {
    const Matrices m("range");
    REQUIRE_THAT(m.refused({}), Contains("files is required"));
    REQUIRE_THAT(m.refused({m.sums, "--slack", "-1"}), Contains("--slack"));
    REQUIRE_THAT(m.refused({m.sums, "--slack", "much"}), Contains("--slack") && Contains("none"));
    REQUIRE_THAT(m.refused({m.sums, "--operands", "4"}), Contains("--operands"));
    REQUIRE_THAT(m.refused({m.sums, "--effort", "max"}), Contains("--effort") && Contains("high"));
    REQUIRE_THAT(m.refused({m.sums, "--seconds", "0"}), Contains("--seconds"));
    REQUIRE_THAT(m.refused({m.sums, "--seconds", "inf"}), Contains("--seconds"));
    REQUIRE_THAT(m.refused({m.sums, "--seed", "-1"}), Contains("--seed"));
    REQUIRE_THAT(m.refused({m.sums, "--efort", "fast"}), Contains("did you mean '--effort'?"));
}
