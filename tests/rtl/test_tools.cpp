// What surrounds the simulation: child processes, missing tools, refused designs, the cache of Verilator's runtime.
#include "base/error.hpp"
#include "rtl/design.hpp"

using namespace bitgrain;
namespace fs = std::filesystem;

namespace {

/// Sets an environment variable for as long as it lives.
class Environment {
  public:
    Environment(const char* name, const std::string& value) : name_(name) {
        if (const char* old = std::getenv(name)) old_ = old;
        ::setenv(name, value.c_str(), 1);
    }
    Environment(const Environment&) = delete;
    Environment& operator=(const Environment&) = delete;
    ~Environment() {
        if (old_) {
            ::setenv(name_, old_->c_str(), 1);
        } else {
            ::unsetenv(name_);
        }
    }

  private:
    const char* name_;
    std::optional<std::string> old_;
};

test::Design tiny() {
    ir::Builder builder("tiny");
    builder.output("y", builder.relu(builder.input("x", {true, 3, 4})));
    return test::make_design(builder.finish(), {});
}

cosim::Result simulate(const test::Design& design, const fs::path& folder) {
    const std::vector<std::int64_t> inputs = {-5, 0, 9};
    return cosim::simulate(design.signature, inputs, 3,
                           {folder, test::source_folder / "sim", folder / "sim", false, false, 1});
}

Error error_of(const test::Design& design, const fs::path& folder) {
    try {
        simulate(design, folder);
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error");
    return Error("");
}

} // namespace

TEST_CASE("a child process gets its arguments as they are", "[cosim][process]") {
    const test::Scratch scratch("a b");
    const cosim::Completed done = cosim::run({"printf", "%s|", "a b", "$HOME", "'x'; exit 3"}, scratch.path());
    CHECK(done.status == 0);
    CHECK(done.output == "a b|$HOME|'x'; exit 3|");
    CHECK(cosim::run({"pwd"}, scratch.path()).output == scratch.path().string() + "\n");
    CHECK(cosim::run({"sh", "-c", "echo no >&2; exit 7"}, scratch.path()).status == 7);
    CHECK(cosim::run({"sh", "-c", "echo no >&2; exit 7"}, scratch.path()).errors == "no\n");
    CHECK(cosim::run({"sh", "-c", "kill -9 $$"}, scratch.path()).status == 128 + 9);
    CHECK_THROWS_AS(cosim::run({"no-such-program-here"}, scratch.path()), Error);
}

TEST_CASE("a child that prints much to both streams does not block", "[cosim][process]") {
    const std::string script = "i=0; while [ $i -lt 3000 ]; do echo 0123456789012345678901234567890123456789; "
                               "echo 0123456789012345678901234567890123456789 >&2; i=$((i+1)); done";
    const cosim::Completed done = cosim::run({"sh", "-c", script}, "/");
    CHECK(done.output.size() == 3000 * 41);
    CHECK(done.errors.size() == 3000 * 41);
    CHECK(cosim::last_lines("a\nb\nc\n\n", 2) == "b\nc");
    CHECK(cosim::last_lines("a", 2) == "a");
}

TEST_CASE("a missing Verilator is an error that names the package", "[cosim]") {
    const test::Scratch scratch;
    const test::Design design = tiny();
    test::write_files(design, scratch.path());
    const Environment path("PATH", scratch.path().string());
    const Error error = error_of(design, scratch.path());
    CHECK(error.message().find("'verilator'") != std::string::npos);
    CHECK(error.hint().find("apt-get install verilator") != std::string::npos);
}

TEST_CASE("a design that Verilator refuses is an error with Verilator's words", "[cosim]") {
    const test::Scratch scratch;
    const test::Design design = tiny();
    test::write_files(design, scratch.path());
    write_file(scratch.path() / "tiny.v", "module tiny (input wire clk);\n  nonsense\nendmodule\n");
    CHECK(error_of(design, scratch.path()).message().find("syntax error") != std::string::npos);
    fs::remove(scratch.path() / "tiny.v");
    CHECK(error_of(design, scratch.path()).message().find("there is no tiny.v") != std::string::npos);
}

TEST_CASE("a design whose valid bit is late or lost is found", "[cosim]") {
    const test::Scratch scratch;
    const test::Design design = tiny();
    test::write_files(design, scratch.path());
    std::string text = design.verilog.files[0].text;
    const std::string latency = "localparam LATENCY = 2;";
    REQUIRE(text.find(latency) != std::string::npos);
    text.replace(text.find(latency), latency.size(), "localparam LATENCY = 5;");
    write_file(scratch.path() / "tiny.v", text);
    CHECK(simulate(design, scratch.path()).latency_cycles == 5);
    const std::string valid = ".valid_i(in_valid)";
    REQUIRE(text.find(valid) != std::string::npos);
    std::string lost = text, invented = text;
    lost.replace(lost.find(valid), valid.size(), ".valid_i(in_valid & ~in_data[0])");
    write_file(scratch.path() / "tiny.v", lost);
    CHECK(error_of(design, scratch.path()).message().find("no output came") != std::string::npos);
    invented.replace(invented.find(valid), valid.size(), ".valid_i(in_valid | 1'b1)");
    write_file(scratch.path() / "tiny.v", invented);
    CHECK(error_of(design, scratch.path()).message().find("out_valid came without a vector") != std::string::npos);
}

TEST_CASE("Verilator's runtime is compiled once and kept in the cache", "[cosim]") {
    const test::Scratch scratch;
    const Environment cache("XDG_CACHE_HOME", (scratch.path() / "cache").string());
    const test::Design design = tiny();
    test::write_files(design, scratch.path());
    const std::vector<std::int64_t> expected = {0, 0, 9};
    CHECK(simulate(design, scratch.path()).outputs == expected);
    std::vector<fs::path> entries(fs::directory_iterator(scratch.path() / "cache" / "bitgrain"),
                                  fs::directory_iterator());
    REQUIRE(entries.size() == 1);
    const fs::path object = entries[0] / "verilated.o";
    REQUIRE(fs::exists(object));
    // The second build must use the kept object: a broken one makes it fail, an unusable cache folder does not.
    const std::string good = read_file(object);
    write_file(object, "not an object");
    CHECK(error_of(design, scratch.path()).message().find("failed") != std::string::npos);
    write_file(object, good);
    CHECK(simulate(design, scratch.path()).outputs == expected);
    const Environment broken("XDG_CACHE_HOME", "/dev/null");
    CHECK(simulate(design, scratch.path()).outputs == expected);
}
