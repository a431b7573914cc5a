// Errors carry their parts, and suggestions are helpful.
#include "base/error.hpp"
#include "base/nearest.hpp"

namespace {

// Here, before Catch2 brings its own macro of the same name.
void need_three(int rows) {
    CHECK(rows == 3, "three rows are needed");
}

} // namespace

#include <catch2/catch.hpp>
#include <vector>

using namespace bitgrain;

TEST_CASE("an error is composed of place, message and hint", "[base][error]") {
    const Error error("too wide", "dense_1", "use fewer bits");
    REQUIRE(std::string(error.what()) == "dense_1: too wide (use fewer bits)");
    REQUIRE(error.message() == "too wide");
    REQUIRE(error.where() == "dense_1");
    REQUIRE(error.hint() == "use fewer bits");
    REQUIRE(std::string(Error("bare").what()) == "bare");
}

TEST_CASE("a failed check names the condition, the place and the reason", "[base][error]") {
    REQUIRE_NOTHROW(need_three(3));
    REQUIRE_THROWS_AS(need_three(2), InternalError);
    REQUIRE_THROWS_WITH(need_three(2), Catch::Contains("CHECK(rows == 3)") && Catch::Contains("test_error.cpp") &&
                                           Catch::Contains("three rows are needed"));
}

TEST_CASE("the nearest known name is suggested", "[base][nearest]") {
    const std::vector<std::string> known{"train", "freeze", "evaluate", "build", "verify", "report", "run"};
    REQUIRE(suggestion("trian", known) == "did you mean 'train'?");
    REQUIRE(suggestion("biuld", known) == "did you mean 'build'?");
    REQUIRE(suggestion("eval", known) == "did you mean 'evaluate'?");
    REQUIRE(suggestion("xyzzy", known) == "known: train, freeze, evaluate, build, verify, report, run");
    REQUIRE_FALSE(nearest("q", std::vector<std::string>{}));
    REQUIRE(nearest("run", known) == "run");
}
