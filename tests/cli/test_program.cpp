// The command line itself: help, versions, misspellings, exit codes.
#include "base/json.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;

namespace {

/// Each command with the words that its help must hold: every option of the manual.
struct CommandCase {
    std::string name;
    std::vector<std::string> words;
};

std::vector<CommandCase> command_cases() {
    return {
        {"train", {"EXPERIMENT", "--output", "--seed", "--threads", "--resume", "--replace"}},
        {"front",
         {"RUN", "--points", "--up-to", "--effort", "--output", "--verify", "--target", "--clock-ns", "--pick",
          "--html"}},
        {"freeze",
         {"RUN", "--output", "--pick", "accuracy>=0.95", "ebops<=3000", "lut<=", "--target", "--clock-ns", "--cover"}},
        {"import", {"FILE", "--output", "--classes", "--name"}},
        {"export", {"MODEL.json", "--output", "--format"}},
        {"evaluate",
         {"MODEL.json", "--data", "--labels", "--label-column", "--targets", "--header", "--delimiter", "--outputs"}},
        {"trace", {"MODEL.json|BUILD", "--data", "--row", "--layer"}},
        {"build",
         {"MODEL.json", "--output", "--clock-ns", "--target", "--margin", "--slack", "--operands", "--tables",
          "--effort", "--flat", "--hier"}},
        {"verify", {"BUILD", "--data", "--random", "--seed", "--bubbles"}},
        {"report", {"BUILD|RUN", "--html", "--per-neuron"}},
        {"synth", {"BUILD", "--tool", "--target-flow", "--place", "--merge-adders"}},
        {"read-report", {"BUILD", "FILE"}},
        {"calibrate-target", {"NAME", "BUILD", "--output", "--tool"}},
        {"run", {"EXPERIMENT", "--output", "--seed", "--threads", "--pick", "--target", "--clock-ns", "--random"}},
        {"cmvm", {"FILE.json", "--slack", "--operands", "--tables", "--effort", "--seconds", "--seed"}},
    };
}

} // namespace

TEST_CASE("every command explains all its options with an example", "[cli]") {
    for (const CommandCase& c : command_cases()) {
        CAPTURE(c.name);
        const Outcome help = run_program({c.name, "--help"});
        REQUIRE(help.code == 0);
        REQUIRE(help.err.empty());
        REQUIRE_THAT(help.out, Contains("Example:\n  bitgrain " + c.name + " ") && Contains("--json"));
        for (const std::string& word : c.words)
            REQUIRE_THAT(help.out, Contains(word));
    }
}

TEST_CASE("every command of the program has a row in the table of this test", "[cli]") {
    const Outcome help = run_program({"--help"});
    REQUIRE(help.code == 0);
    const std::size_t start = help.out.find("Subcommands:\n");
    REQUIRE(start != std::string::npos);
    std::istringstream lines(help.out.substr(start));
    std::string line;
    std::getline(lines, line);
    std::vector<std::string> listed, known;
    while (std::getline(lines, line) && !line.empty())
        listed.push_back(line.substr(2, line.find(' ', 2) - 2));
    for (const CommandCase& c : command_cases())
        known.push_back(c.name);
    REQUIRE(listed == known);
    REQUIRE_THAT(help.out, Contains("Example:\n  bitgrain run ") && Contains("Exit codes:"));
}

TEST_CASE("the version is printed", "[cli]") {
    const Outcome version = run_program({"--version"});
    REQUIRE(version.code == 0);
    REQUIRE_THAT(version.out, Catch::StartsWith("bitgrain ") && Contains("."));
}

TEST_CASE("a misspelt command or option is answered with the nearest", "[cli]") {
    const auto answer = [](const std::vector<std::string>& arguments) {
        const Outcome outcome = run_program(arguments);
        REQUIRE(outcome.code == 2);
        REQUIRE(outcome.out.empty());
        return outcome.err;
    };
    REQUIRE(answer({"biuld", "m.json"}) == "bitgrain: unknown command 'biuld' (did you mean 'build'?)\n");
    REQUIRE(answer({"build", "m.json", "-o", "b", "--clokc-ns=4"}) ==
            "bitgrain: build: unknown option '--clokc-ns' (did you mean '--clock-ns'?)\n");
    REQUIRE(answer({"--verison"}) == "bitgrain: unknown option '--verison' (did you mean '--version'?)\n");
    REQUIRE_THAT(answer({}), Contains("a command is missing") && Contains("known: train, front, freeze"));
    REQUIRE_THAT(answer({"train"}), Contains("experiment is required") && Contains("train --help"));
    REQUIRE_THAT(answer({"train", "e.json"}), Contains("--output is required"));
    REQUIRE_THAT(answer({"build", "m.json", "-o", "b", "--clock-ns", "fast"}),
                 Contains("--clock-ns") && Contains("fast"));
    REQUIRE_THAT(answer({"verify", "b", "--random", "-3"}), Contains("--random"));
    REQUIRE_THAT(answer({"train", "e", "-o", "r", "--seed", "-1"}), Contains("--seed"));
    REQUIRE_THAT(answer({"train", "e", "-o", "r", "--threads", "many"}), Contains("--threads"));
}

TEST_CASE("an output that cannot be written is an error", "[cli]") {
    const Folder folder("full_output");
    model::write(folder / "m.json", small_model());
    const std::string command = "BITGRAIN_HOME=" + quoted(BITGRAIN_SOURCE_DIR) + " " + quoted(BITGRAIN_PROGRAM) +
                                " build " + quoted(folder.string("m.json")) + " -o " + quoted(folder.string("b")) +
                                " >/dev/full 2>" + quoted(folder.string("err"));
    const int status = std::system(command.c_str());
    REQUIRE(WEXITSTATUS(status) == 2);
    REQUIRE_THAT(read_file(folder / "err"), Contains("standard output"));
}

TEST_CASE("a wrong BITGRAIN_HOME is named", "[cli]") {
    const Folder folder("home");
    model::write(folder / "m.json", small_model());
    const Outcome outcome =
        run_program({"build", folder.string("m.json"), "-o", folder.string("b")}, "BITGRAIN_HOME=/nowhere ");
    REQUIRE(outcome.code == 2);
    REQUIRE_THAT(outcome.err, Contains("/nowhere") && Contains("BITGRAIN_HOME"));
    REQUIRE(folder.entries() == 1);
}
