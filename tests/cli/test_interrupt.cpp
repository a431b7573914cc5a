// Ctrl-C in every phase: the program ends by the signal, children end with it, nothing half-written stays, and a
// training goes on as if nothing had been.
#include "base/random.hpp"
#include "model/model.hpp"
#include "program.hpp"

#include <catch2/catch.hpp>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <spawn.h>
#include <thread>

using namespace bitgrain;
using namespace bitgrain::test;
namespace fs = std::filesystem;

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves the declaration to the program

namespace {

/// The program at work; its standard error goes to a file.
class Running {
  public:
    Running(const Folder& folder, std::vector<std::string> arguments) : errors_(folder / "errors.txt") {
        arguments.insert(arguments.begin(), BITGRAIN_PROGRAM);
        std::vector<char*> argv;
        for (std::string& argument : arguments)
            argv.push_back(argument.data());
        argv.push_back(nullptr);
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions, 2, errors_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
        REQUIRE(::posix_spawn(&process_, BITGRAIN_PROGRAM, &actions, nullptr, argv.data(), environ) == 0);
        ::posix_spawn_file_actions_destroy(&actions);
    }

    /// Waits for the moment, then a little longer, sends SIGINT and returns what was printed; the program must end by
    /// the signal and soon.
    std::string interrupt_when(const std::function<bool()>& moment, int then_ms = 0) {
        for (int i = 0; i < 6000 && !moment(); ++i)
            std::this_thread::sleep_for(std::chrono::milliseconds(10));
        std::this_thread::sleep_for(std::chrono::milliseconds(then_ms));
        REQUIRE(::waitpid(process_, nullptr, WNOHANG) == 0); // still at work
        const auto start = std::chrono::steady_clock::now();
        ::kill(process_, SIGINT);
        int status = 0;
        REQUIRE(::waitpid(process_, &status, 0) == process_);
        const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
        const std::string printed = read_file(errors_);
        fs::remove(errors_);
        INFO(printed);
        CHECK(took.count() < 20.0); // on a machine as busy as can be
        REQUIRE(WIFSIGNALED(status));
        REQUIRE(WTERMSIG(status) == SIGINT);
        REQUIRE_THAT(printed, Catch::EndsWith("bitgrain: interrupted\n"));
        return printed;
    }

  private:
    fs::path errors_;
    pid_t process_ = 0;
};

std::string experiment(int epochs) {
    return R"({"data": {"train": {"features": "d.csv"}},
      "layers": [{"type": "dense", "units": 4, "activation": "relu"}, {"type": "dense", "units": 2}],
      "training": {"epochs": )" +
           std::to_string(epochs) + R"(, "float_epochs": 2, "batch": 8}})";
}

void write_data(const Folder& folder) {
    std::string csv;
    for (int i = 0; i < 60; ++i)
        csv += std::to_string(i % 7) + "," + std::to_string(i % 5) + "," + (i % 7 > i % 5 ? "x\n" : "y\n");
    write_file(folder / "d.csv", csv);
}

/// A layer that takes the solver some seconds.
model::Model large_model() {
    constexpr std::size_t size = 96;
    Random random(3);
    model::Model model;
    model.name = "large";
    model.inputs.push_back({"x", {size}, std::vector<fx::Format>(size, fx::Format{true, 7, 0})});
    model::Affine affine{size, size, {}, std::vector<double>(size, 0.0)};
    for (std::size_t i = 0; i < size * size; ++i)
        affine.weights.push_back(static_cast<double>(random.integer(-127, 127)));
    model.steps.push_back({"dense_1", {0}, affine});
    model.outputs.push_back({"y", {size}, 1});
    return model;
}

bool holds_hidden(const fs::path& folder) {
    for (const auto& entry : fs::directory_iterator(folder)) {
        const std::string name = entry.path().filename().string();
        if (name.starts_with(".") && name != ".lock") return true;
    }
    return false;
}

} // namespace

TEST_CASE("an interrupted training goes on as if it had not been", "[cli][interrupt]") {
    const Folder folder("interrupt_train");
    write_data(folder);
    write_file(folder / "e.json", experiment(100'000));
    const std::string e = folder.string("e.json"), out = folder.string("out"), whole = folder.string("whole");
    const fs::path run = folder / "out/run";
    // In the second of two ramps, when the first has left something to go on from.
    const std::string printed =
        Running(folder, {"run", e, "-o", out, "--ramps", "2", "--threads", "1"}).interrupt_when([&] {
            return fs::exists(run / "ramps/2/points");
        });
    CHECK_THAT(printed, Catch::Contains("--resume goes on from it"));
    CHECK(fs::exists(run / "state.ckpt"));
    CHECK_FALSE(fs::exists(folder / "out/model.json"));
    CHECK_FALSE(holds_hidden(folder / "out"));

    REQUIRE(run_program({"train", e, "-o", out, "--resume"}).code == 0);
    REQUIRE(run_program({"train", e, "-o", whole, "--ramps", "2"}).code == 0);
    CHECK(read_file(run / "front.json") == read_file(folder / "whole/front.json"));
    // The steps after it, with a training that has ended.
    const Outcome rest = run_program({"run", e, "-o", out, "--resume", "--random", "100"});
    INFO(rest.err);
    CHECK(rest.code == 0);
    CHECK(fs::exists(folder / "out/build/report.html"));
}

TEST_CASE("an interrupted --replace brings the older run back", "[cli][interrupt]") {
    const Folder folder("interrupt_replace");
    write_data(folder);
    write_file(folder / "e.json", experiment(4));
    const std::string e = folder.string("e.json"), run = folder.string("run");
    REQUIRE(run_program({"train", e, "-o", run}).code == 0);
    const std::string front = read_file(folder / "run/front.json");
    write_file(folder / "e.json", experiment(10'000'000));
    Running(folder, {"train", e, "-o", run, "--replace"}).interrupt_when([&] {
        return fs::exists(folder / "run/points") && !fs::exists(folder / "run/front.json");
    });
    CHECK(read_file(folder / "run/front.json") == front);
    CHECK_FALSE(holds_hidden(folder.path()));
}

TEST_CASE("two trainings in one folder do not meet", "[cli][interrupt]") {
    const Folder folder("interrupt_two");
    write_data(folder);
    write_file(folder / "e.json", experiment(10'000'000));
    const std::string e = folder.string("e.json"), out = folder.string("out");
    Running first(folder, {"run", e, "-o", out});
    const auto refused = [&](const std::vector<std::string>& arguments) {
        const Outcome outcome = run_program(arguments);
        INFO(outcome.err);
        CHECK(outcome.code == 2);
        CHECK_THAT(outcome.err, Catch::Contains("another"));
    };
    first.interrupt_when([&] {
        if (!fs::exists(folder / "out/run/experiment.json")) return false;
        refused({"run", e, "-o", out});
        refused({"train", e, "-o", out + "/run", "--replace"});
        refused({"train", e, "-o", out + "/run", "--resume"});
        return true;
    });
    CHECK_FALSE(fs::exists(folder / "out")); // nothing worth keeping yet
}

TEST_CASE("an interrupted build leaves the older one and nothing else", "[cli][interrupt]") {
    const Folder folder("interrupt_build");
    model::write(folder / "m.json", large_model());
    const std::string model = folder.string("m.json"), build = folder.string("b");
    Running(folder, {"build", model, "-o", build}).interrupt_when([&] { return holds_hidden(folder.path()); }, 50);
    CHECK(folder.entries() == 1);
}

TEST_CASE("an interrupted simulation or synthesis ends its tools and leaves nothing", "[cli][interrupt]") {
    const Folder folder("interrupt_verify");
    model::write(folder / "m.json", large_model());
    const std::string build = folder.string("b");
    REQUIRE(run_program({"build", folder.string("m.json"), "-o", build, "--effort", "fast", "--slack", "0"}).code == 0);
    const auto entries = [&] { return std::distance(fs::directory_iterator(build), fs::directory_iterator()); };
    const auto before = entries();
    Running(folder, {"verify", build}).interrupt_when([&] { return holds_hidden(build); }, 300);
    CHECK(entries() == before);
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(entries() == before); // no tool goes on and writes
    if (std::system("command -v yosys > /dev/null") != 0) return;
    Running(folder, {"synth", build}).interrupt_when([&] { return fs::exists(fs::path(build) / "synthesis"); }, 300);
    CHECK_FALSE(fs::exists(fs::path(build) / "synthesis.json"));
}
