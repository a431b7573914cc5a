// Matrix files: what is read and what is refused.
#include "base/error.hpp"
#include "base/file.hpp"
#include "cmvm/problem_file.hpp"

#include <catch2/catch.hpp>
#include <filesystem>

namespace bitgrain::cmvm {

namespace {

ProblemFile read_text(const std::string& text) {
    const std::filesystem::path path = std::filesystem::temp_directory_path() / "bitgrain_cmvm_file_test.json";
    write_file(path, text);
    const auto remove = [&] { std::filesystem::remove(path); };
    try {
        ProblemFile file = read_problem(path);
        remove();
        return file;
    } catch (...) {
        remove();
        throw;
    }
}

std::string with(const std::string& inputs, const std::string& kernel, const std::string& more = "") {
    return R"({"format": "cmvm-bench-1", "name": "m", "shape": [2, 3], "scale_log2": -4, "inputs": )" + inputs +
           R"(, "kernel": )" + kernel + more + "}";
}

const char* const good_inputs = "[[-1, 0.9375, 0.0625], [0, 6, 2]]";
const char* const good_kernel = "[[1, 2, 3], [-4, 5, 0]]";

} // namespace

TEST_CASE("a matrix file gives weights, grids, arrival times and limits", "[cmvm]") {
    const ProblemFile file =
        read_text(with(good_inputs, good_kernel, R"(, "input_latency": [0, 2], "output_limit": [3, 4, 5])"));
    const Problem& p = file.problem;
    REQUIRE(file.name == "m");
    REQUIRE(p.rows == 2);
    REQUIRE(p.columns == 3);
    REQUIRE(p.fraction == 4);
    REQUIRE(p.matrix == std::vector<std::int64_t>{1, 2, 3, -4, 5, 0});
    REQUIRE(p.inputs[0] == fx::Interval{-16, 15, 4});
    REQUIRE(p.inputs[1] == fx::Interval{0, 3, -1});
    REQUIRE(p.arrival == std::vector<int>{0, 2});
    REQUIRE(p.limits == std::vector<int>{3, 4, 5});
}

TEST_CASE("a malformed matrix file is refused", "[cmvm]") {
    REQUIRE_THROWS_AS(read_text(with("[[-1, 0.9, 0.0625], [0, 6, 2]]", good_kernel)), Error); // off the grid
    REQUIRE_THROWS_AS(read_text(with("[[-1, 1, 0.75], [0, 6, 2]]", good_kernel)), Error);     // no power of two
    REQUIRE_THROWS_AS(read_text(with("[[1, -1, 1], [0, 6, 2]]", good_kernel)), Error);        // empty
    REQUIRE_THROWS_AS(read_text(with("[[-1e300, 1, 1], [0, 6, 2]]", good_kernel)), Error);    // too many steps
    REQUIRE_THROWS_AS(read_text(with("[[0, 1, 1]]", good_kernel)), Error);                    // too few inputs
    REQUIRE_THROWS_AS(read_text(with(good_inputs, "[[1, 2], [3, 4]]")), Error);               // ragged
    REQUIRE_THROWS_AS(read_text(with(good_inputs, good_kernel, R"(, "kernels": 1)")), Error); // unknown key
    REQUIRE_THROWS_AS(read_text(with(good_inputs, good_kernel, R"(, "output_limit": [1])")), Error);
}

TEST_CASE("a grid that the solver cannot compute with is refused", "[cmvm]") {
    Problem problem = read_text(with(good_inputs, good_kernel)).problem;
    problem.fraction = 100000;
    REQUIRE_THROWS_AS(solve(problem, {}), Error);
    problem.fraction = 256;
    prove(solve(problem, {}), problem);
    problem.inputs[0].fraction = -300;
    REQUIRE_THROWS_AS(solve(problem, {}), Error);
}

} // namespace bitgrain::cmvm
