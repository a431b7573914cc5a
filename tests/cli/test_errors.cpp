// Bad input: one clear error, exit code 2, nothing half-written.
#include "data/dataset.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::test;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// A folder with data, a small experiment, a model.
struct Bench {
    Folder folder;
    std::string experiment = R"({"name": "e", "task": "classification",
      "data": {"train": {"features": "d.csv", "label": "kind"}, "validation_fraction": 0.25, "test_fraction": 0.25},
      "layers": [{"type": "dense", "units": 3, "activation": "relu"}, {"type": "dense", "units": 2}],
      "training": {"epochs": 4, "float_epochs": 2, "batch": 8}})";

    explicit Bench(const std::string& name) : folder("errors_" + name) {
        std::string csv = "a,b,kind\n";
        for (int i = 0; i < 40; ++i)
            csv += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + (i % 2 == 0 ? "x\n" : "y\n");
        write_file(folder / "d.csv", csv);
        write_file(folder / "e.json", experiment);
        model::write(folder / "m.json", small_model());
    }

    /// Writes the experiment with one text replaced.
    void spoil(const std::string& from, const std::string& to) {
        std::string text = experiment;
        REQUIRE(text.find(from) != std::string::npos);
        write_file(folder / "e.json", text.replace(text.find(from), from.size(), to));
    }

    /// Exit code 2, nothing on the standard output, no new file; returns the message.
    std::string refused(const std::vector<std::string>& arguments, const std::string& before = {}) const {
        const std::size_t entries = folder.entries();
        const Outcome outcome = run_program(arguments, before);
        INFO(outcome.err);
        REQUIRE(outcome.code == 2);
        REQUIRE(outcome.out.empty());
        REQUIRE(folder.entries() == entries);
        REQUIRE(outcome.err.find("bitgrain: ") != std::string::npos);
        REQUIRE(outcome.err.back() == '\n');
        return outcome.err;
    }

    std::string train() const { return refused({"train", folder.string("e.json"), "-o", folder.string("run")}); }
    std::string build(std::vector<std::string> options) const {
        options.insert(options.begin(), {"build", folder.string("m.json"), "-o", folder.string("b")});
        return refused(options);
    }
};

// A shell whose files cannot grow beyond 1 kB: writing fails as on a full disk.
const std::string full_disk = "trap '' XFSZ; ulimit -f 1; ";

} // namespace

TEST_CASE("a missing file is named by every command", "[cli][errors]") {
    const Bench bench("missing");
    const std::string absent = bench.folder.string("absent"), out = bench.folder.string("out");
    const std::vector<std::vector<std::string>> commands{
        {"train", absent, "-o", out},
        {"freeze", absent, "-o", out},
        {"evaluate", absent, "--data", absent},
        {"trace", absent, "--data", absent},
        {"build", absent, "-o", out},
        {"verify", absent},
        {"report", absent},
        {"run", absent, "-o", out},
    };
    for (const auto& command : commands) {
        CAPTURE(command[0]);
        REQUIRE_THAT(bench.refused(command), Contains("absent"));
    }
    REQUIRE_THAT(bench.refused({"evaluate", bench.folder.string("m.json"), "--data", absent + ".npy", "--labels",
                                absent + ".npy"}),
                 Contains("absent.npy"));
}

TEST_CASE("an unknown key in an experiment is answered with the nearest", "[cli][errors]") {
    Bench bench("key");
    bench.spoil("\"epochs\"", "\"epocs\"");
    REQUIRE_THAT(bench.train(), Contains("epocs") && Contains("did you mean 'epochs'?") && Contains("e.json"));
    bench.spoil("\"units\"", "\"unist\"");
    REQUIRE_THAT(bench.train(), Contains("unist") || Contains("'units' is missing"));
    bench.spoil("\"dense\"", "\"desne\"");
    REQUIRE_THAT(bench.train(), Contains("desne") && Contains("did you mean 'dense'?"));
    bench.spoil("\"layers\":", "\"layers\"");
    REQUIRE_THAT(bench.train(), Contains("e.json:3:") && Contains("not valid JSON"));
}

TEST_CASE("bad data is an error with its place", "[cli][errors]") {
    Bench bench("data");
    bench.spoil("\"kind\"", "\"knid\"");
    REQUIRE_THAT(bench.train(), Contains("knid") && Contains("kind"));
    write_file(bench.folder / "e.json", bench.experiment);
    write_file(bench.folder / "d.csv", "a,b,kind\n1,2,x\n3,nan,y\n");
    REQUIRE_THAT(bench.train(), Contains("d.csv") && Contains("3"));
    write_file(bench.folder / "d.csv", "a,b,kind\n1,2,x\n3,four,y\n5,6,x\n");
    REQUIRE_THAT(bench.train(), Contains("d.csv") && Contains("four"));
    write_file(bench.folder / "d.csv", "a,b,kind\n1,2,x\n3,4,x\n5,6,x\n");
    REQUIRE_THAT(bench.train(), Contains("d.csv: all rows are of the class 'x'"));
    write_file(bench.folder / "d.csv", "a,b,kind\n1,2,x\n3,4,y\n");
    REQUIRE_THAT(bench.train(), Contains("d.csv: the validation and test fractions leave no rows"));
    fs::remove(bench.folder / "d.csv");
    REQUIRE_THAT(bench.train(), Contains("d.csv"));
}

TEST_CASE("a clock that cannot be met is refused with the smallest that can", "[cli][errors]") {
    const Bench bench("clock");
    REQUIRE_THAT(bench.build({"--clock-ns", "0.05"}), Contains("0.05") && Contains("ns"));
    REQUIRE_THAT(bench.build({"--clock-ns", "0"}), Contains("--clock-ns"));
    REQUIRE_THAT(bench.build({"--clock-ns", "nan"}), Contains("--clock-ns"));
    REQUIRE_THAT(bench.build({"--margin", "1"}), Contains("--margin"));
}

TEST_CASE("the smallest clock that the error states works", "[cli][errors]") {
    const Bench bench("smallest");
    const std::string message = bench.build({"--clock-ns", "0.05"});
    INFO(message);
    // The last number with a decimal point in the message.
    std::string clock;
    for (std::size_t i = 0; i < message.size(); ++i) {
        std::size_t end = i;
        while (end < message.size() &&
               (std::isdigit(static_cast<unsigned char>(message[end])) != 0 || message[end] == '.'))
            ++end;
        const std::string word = message.substr(i, end - i);
        if (word.find('.') != std::string::npos && word.size() > 2 && word != "0.05") clock = word;
        if (end > i) i = end;
    }
    REQUIRE_FALSE(clock.empty());
    const Outcome outcome =
        run_program({"build", bench.folder.string("m.json"), "-o", bench.folder.string("b"), "--clock-ns", clock});
    INFO(clock << ": " << outcome.err);
    REQUIRE(outcome.code == 0);
}

TEST_CASE("an unknown target or a bad option of build is refused", "[cli][errors]") {
    const Bench bench("target");
    REQUIRE_THAT(bench.build({"--target", "xcvu31p"}), Contains("did you mean 'xcvu13p'?"));
    REQUIRE_THAT(bench.build({"--operands", "4"}), Contains("--operands"));
    REQUIRE_THAT(bench.build({"--operands", "3", "--target", "generic"}), Contains("at most 2 numbers at once"));
    REQUIRE_THAT(bench.build({"--slack", "much"}), Contains("--slack"));
    REQUIRE_THAT(bench.build({"--effort", "max"}), Contains("--effort") && Contains("high"));
}

TEST_CASE("run refuses an impossible build before it trains", "[cli][errors]") {
    const Bench bench("run_build");
    const auto run = [&](const char* option, const char* value) {
        return bench.refused({"run", bench.folder.string("e.json"), "-o", bench.folder.string("out"), option, value});
    };
    REQUIRE_THAT(run("--target", "xcvu99"), Contains("xcvu99") && !Contains("train"));
    REQUIRE_THAT(run("--clock-ns", "0"), Contains("--clock-ns") && !Contains("train"));
}

TEST_CASE("a pick rule that is none is refused before the training", "[cli][errors]") {
    Bench bench("rule");
    const auto run = [&](const std::string& rule) {
        return bench.refused({"run", bench.folder.string("e.json"), "-o", bench.folder.string("out"), "--pick", rule});
    };
    for (const char* rule : {"accurcy>=0.9", "accuracy<=0.9", "accuracy>=", "accuracy>=nan", "rms<=2", "best-x", ""}) {
        const std::string message = run(rule);
        REQUIRE_THAT(message, Contains(std::string("pick rule '") + rule + "'") && !Contains("train"));
    }
    REQUIRE_THAT(run("accuracy>=95"), Contains("0.95 for 95 %"));
    // In the experiment: wherever it is read.
    bench.spoil("\"training\"", "\"pick\": \"accurcy>=0.9\", \"training\"");
    REQUIRE_THAT(bench.train(), Contains("e.json: pick: ") && Contains("accuracy>=N"));
}

TEST_CASE("a foreign folder is never replaced", "[cli][errors]") {
    const Bench bench("foreign");
    write_file(bench.folder / "b/thesis.tex", "years of work");
    REQUIRE_THAT(bench.build({}), Contains("did not write"));
    REQUIRE_THAT(bench.refused({"train", bench.folder.string("e.json"), "-o", bench.folder.string("b")}),
                 Contains("no training run"));
    REQUIRE_THAT(bench.refused({"run", bench.folder.string("e.json"), "-o", bench.folder.string("b")}),
                 Contains("did not write"));
    REQUIRE(read_file(bench.folder / "b/thesis.tex") == "years of work");
}

TEST_CASE("a build does not take a user's files with it", "[cli][errors]") {
    const Bench bench("guest");
    const std::vector<std::string> build{"build", bench.folder.string("m.json"), "-o", bench.folder.string("b")};
    REQUIRE(run_program(build).code == 0);
    for (const char* ours : {"work/digits.vvp", "synthesis/xilinx/yosys.log", "verification.json", "report.html"})
        write_file(bench.folder / "b" / ours, "");
    REQUIRE(run_program(build).code == 0);
    write_file(bench.folder / "b/rtl/my_top.v", "module my_top; endmodule");
    REQUIRE_THAT(bench.build({}), Contains("my_top.v: the build folder holds a file that bitgrain did not write"));
    REQUIRE(fs::exists(bench.folder / "b/rtl/my_top.v"));
    fs::remove(bench.folder / "b/rtl/my_top.v");
    REQUIRE(run_program(build).code == 0);
}

TEST_CASE("a path through a file is refused", "[cli][errors]") {
    const Bench bench("path");
    const std::string through = bench.folder.string("d.csv") + "/x";
    REQUIRE_THAT(bench.refused({"build", bench.folder.string("m.json"), "-o", through}), Contains("d.csv"));
    REQUIRE_THAT(bench.refused({"train", bench.folder.string("e.json"), "-o", through}), Contains("d.csv"));
    REQUIRE_THAT(bench.refused({"run", bench.folder.string("e.json"), "-o", through}), Contains("d.csv"));
}

TEST_CASE("a full disk leaves nothing half-written", "[cli][errors]") {
    const Bench bench("full");
    const std::string model = bench.folder.string("m.json"), experiment = bench.folder.string("e.json");
    REQUIRE_THAT(bench.refused({"build", model, "-o", bench.folder.string("b")}, full_disk), Contains("cannot write"));
    REQUIRE_THAT(bench.refused({"train", experiment, "-o", bench.folder.string("run")}, full_disk),
                 Contains("cannot write"));
    // An older build stays as it was.
    REQUIRE(run_program({"build", model, "-o", bench.folder.string("b")}).code == 0);
    const std::string before = read_file(bench.folder / "b/report.json");
    REQUIRE_THAT(bench.refused({"build", model, "-o", bench.folder.string("b"), "--clock-ns", "3"}, full_disk),
                 Contains("cannot write"));
    REQUIRE(read_file(bench.folder / "b/report.json") == before);
}

TEST_CASE("a damaged model is refused", "[cli][errors]") {
    const Bench bench("model");
    std::string text = read_file(bench.folder / "m.json");
    REQUIRE(text.find("\"steps\"") != std::string::npos);
    text.replace(text.find("\"steps\""), 7, "\"stpes\"");
    write_file(bench.folder / "m.json", text);
    REQUIRE_THAT(bench.build({}), Contains("m.json") && Contains("steps"));
    write_file(bench.folder / "m.json", "[1, 2");
    REQUIRE_THAT(bench.build({}), Contains("m.json:1:"));
}

TEST_CASE("data that does not fit the model is refused", "[cli][errors]") {
    const Bench bench("fit");
    const std::string model = bench.folder.string("m.json"), x = bench.folder.string("x.npy"),
                      y = bench.folder.string("y.npy");
    data::write_npy(x, {{2, 3}, {1, 2, 3, 4, 5, 6}, true});
    data::write_npy(y, {{2}, {0, 1}, true});
    REQUIRE_THAT(bench.refused({"evaluate", model, "--data", x, "--labels", y}), Contains("3") && Contains("2"));
    data::write_npy(x, {{2, 2}, {1, 2, 3, 4}, true});
    data::write_npy(y, {{2}, {0, 7}, true});
    REQUIRE_THAT(bench.refused({"evaluate", model, "--data", x, "--labels", y}), Contains("y.npy") && Contains("7"));
    data::write_npy(y, {{3}, {0, 1, 1}, true});
    REQUIRE_THAT(bench.refused({"evaluate", model, "--data", x, "--labels", y}), Contains("3 labels"));
    REQUIRE_THAT(bench.refused({"evaluate", model, "--data", x}), Contains("label"));
    REQUIRE_THAT(bench.refused({"evaluate", model, "--data", x, "--labels", y, "--delimiter", "ab"}),
                 Contains("--delimiter"));
}

TEST_CASE("a pick that the front does not offer is refused with what it offers", "[cli][errors]") {
    const Bench bench("pick");
    REQUIRE(run_program({"train", bench.folder.string("e.json"), "-o", bench.folder.string("run")}).code == 0);
    const auto freeze = [&](const std::string& rule) {
        return bench.refused(
            {"freeze", bench.folder.string("run"), "-o", bench.folder.string("f.json"), "--pick", rule});
    };
    REQUIRE_THAT(freeze("ebops<=0.5"), Contains("ebops"));
    REQUIRE_THAT(freeze("speed>=9"), Contains("speed"));
    REQUIRE_THAT(bench.refused({"front", bench.folder.string("nothing")}), Contains("expected: a training run"));
    REQUIRE_THAT(bench.refused({"front", bench.folder.string("run"), "--up-to", "0.5"}), Contains("--up-to"));
    REQUIRE_THAT(bench.refused({"front", bench.folder.string("run"), "--target", "xyz"}), Contains("xyz"));
    REQUIRE_THAT(bench.refused({"front", bench.folder.string("run"), "-o", bench.folder.string("run")}),
                 Contains("run"));
    REQUIRE_THAT(bench.refused({"train", bench.folder.string("e.json"), "-o", bench.folder.string("run")}),
                 Contains("--resume") && Contains("--replace"));
}

TEST_CASE("import of another kind of file leaves nothing", "[errors]") {
    const Bench bench("import");
    // In a build without HDF5 too: that one cannot import at all.
    REQUIRE_THAT(bench.refused({"import", bench.folder.string("d.csv"), "-o", bench.folder.string("i.json")}),
                 Contains("import"));
}
