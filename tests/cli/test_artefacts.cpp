// Every command, given the file of another: it says what that is, or takes the part that it needs.
#include "base/error.hpp"
#include "cli/artefact.hpp"
#include "program.hpp"
#include "small_model.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::test;
using namespace bitgrain::cli;
using Catch::Contains;
namespace fs = std::filesystem;

namespace {

/// One of everything that commands leave, under the names that users see.
struct Shelf {
    Folder folder;

    explicit Shelf(const std::string& name) : folder("artefacts_" + name) {
        write_file(folder / "e.json", R"({"data": {}, "layers": []})");
        model::write(folder / "m.json", small_model());
        write_file(folder / "run/front.json", R"({"format": "bitgrain-front-2"})");
        write_file(folder / "out/run/front.json", "{}");
        write_file(folder / "designs/designs.json", "{}");
        write_file(folder / "n.keras", "PK");
        write_file(folder / "p.json", R"({"meta": "ALIRModel", "model": []})");
        write_file(folder / "d.csv", "1,2\n");
        write_file(folder / "q.json", R"({"format": "cmvm-bench-1"})");
        write_file(folder / "photos/cat.jpg", "");
        write_file(folder / "notes.txt", "");
        for (const char* build : {"b", "out/build"}) {
            write_file(folder / build / "signature.json", R"({"kind": "bitgrain signature"})");
            write_file(folder / build / "rtl/top.v", "");
            model::write(folder / build / "model.json", small_model());
        }
        model::write(folder / "out/model.json", small_model());
    }
    std::string at(const std::string& name) const { return folder.string(name); }
};

} // namespace

TEST_CASE("a command takes its own file or folder, and the one in a folder that run wrote", "[cli][artefacts]") {
    const Shelf shelf("taken");
    CHECK(require_experiment(shelf.at("e.json")) == shelf.at("e.json"));
    CHECK(require_model(shelf.at("m.json")) == shelf.at("m.json"));
    CHECK(require_model(shelf.at("b")) == shelf.at("b") + "/model.json");
    CHECK(require_model(shelf.at("out")) == shelf.at("out") + "/model.json");
    CHECK(require_run(shelf.at("run")) == shelf.at("run"));
    CHECK(require_run(shelf.at("out")) == shelf.at("out") + "/run");
    CHECK(require_build(shelf.at("b")) == shelf.at("b"));
    CHECK(require_build(shelf.at("out")) == shelf.at("out") + "/build");
    // What may be the right kind, damaged, is left to the reader, who names the place.
    write_file(shelf.folder / "broken.json", "{");
    CHECK(require_experiment(shelf.at("broken.json")) == shelf.at("broken.json"));
    CHECK(require_model(shelf.at("broken.json")) == shelf.at("broken.json"));
}

TEST_CASE("every other file or folder is called what it is, with the command for it", "[cli][artefacts]") {
    const Shelf shelf("refused");
    struct Case {
        const char *name, *is, *advice;
    };
    const std::vector<Case> cases{
        {"e.json", "an experiment", "bitgrain run"},
        {"m.json", "a model", "build"},
        {"run", "a training run", "freeze"},
        {"run/front.json", "the front of a training run", "folder"},
        {"b", "a build", "verify"},
        {"b/signature.json", "a file of a build", "build folder"},
        {"designs", "a folder of designs", "is a build"},
        {"n.keras", "another program's network", "bitgrain import"},
        {"p.json", "another program's network", "bitgrain import"},
        {"d.csv", "a table of data", "data.train"},
        {"q.json", "a matrix file", "bitgrain cmvm"},
        {"photos", "this folder is not", ""},
        {"nothing", "there is no such file or folder", "expected"},
    };
    for (const Case& c : cases) {
        CAPTURE(c.name);
        const auto refused = [&](auto function, const std::string& wanted) {
            CAPTURE(wanted);
            REQUIRE_THROWS_WITH(function(shelf.at(c.name)), Contains(c.is) && Contains(wanted) && Contains(c.advice));
        };
        const std::string name = c.name;
        if (name != "e.json") refused(require_experiment, "an experiment");
        if (name != "m.json" && name != "b") refused(require_model, "a model");
        if (name != "run") refused(require_run, "a training run");
        if (name != "b") refused(require_build, "a build");
    }
}

TEST_CASE("the commands ask for what they take", "[cli][artefacts]") {
    const Shelf shelf("commands");
    const std::string out = shelf.at("new");
    const std::vector<std::pair<std::vector<std::string>, std::string>> commands{
        {{"run", shelf.at("m.json"), "-o", out}, "this is a model, not an experiment"},
        {{"train", shelf.at("run"), "-o", out}, "this is a training run, not an experiment"},
        {{"freeze", shelf.at("e.json"), "-o", out}, "this is an experiment, not a training run"},
        {{"front", shelf.at("b")}, "this is a build, not a training run"},
        {{"build", shelf.at("n.keras"), "-o", out}, "bitgrain import"},
        {{"build", shelf.at("e.json"), "-o", out}, "bitgrain run"},
        {{"evaluate", shelf.at("run"), "--data", "x.npy"}, "this is a training run, not a model"},
        {{"export", shelf.at("d.csv"), "-o", out}, "this is a table of data, not a model"},
        {{"verify", shelf.at("m.json")}, "this is a model, not a build"},
        {{"report", shelf.at("photos")}, "is not a build, a training run or a model"},
        {{"report", shelf.at("e.json")}, "this is an experiment"},
        {{"synth", shelf.at("run")}, "this is a training run, not a build"},
        {{"read-report", shelf.at("m.json"), "x.rpt"}, "this is a model, not a build"},
        {{"calibrate-target", "xcvu13p", shelf.at("m.json"), "-o", out}, "this is a model, not a build"},
    };
    for (const auto& [arguments, message] : commands) {
        CAPTURE(arguments);
        const Outcome outcome = run_program(arguments);
        CHECK(outcome.code == 2);
        CHECK_THAT(outcome.err, Contains(message));
        CHECK_FALSE(fs::exists(out));
    }
}
