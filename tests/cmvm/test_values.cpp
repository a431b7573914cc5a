// The check by values: silent about right graphs, loud about wrong ones.
#include "cmvm/check_values.hpp"
#include "problems.hpp"

#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

TEST_CASE("evaluation agrees with the product for graphs of the solver", "[cmvm]") {
    Random random(71);
    for (int round = 0; round < 12; ++round) {
        CAPTURE(round);
        Problem problem = round % 2 == 0 ? test::dense(random, 5, 4, 6, 5) : test::heterogeneous(random, 6, 5, 0.5);
        if (round % 3 == 0) {
            for (std::size_t j = 0; j < problem.columns; ++j)
                problem.offset.push_back(random.integer(-50, 50));
            problem.offset_fraction = 3;
        }
        Options options;
        options.effort = Effort::fast;
        REQUIRE(find_difference(solve(problem, options), problem, 1) == std::nullopt);
    }
}

TEST_CASE("evaluation finds a weight, an offset or a sign that is not the product's", "[cmvm]") {
    Random random(72);
    Problem problem = test::dense(random, 4, 3, 5, 5);
    problem.matrix[7] = 5;
    problem.offset = {1, -2, 3};
    const AdderGraph graph = solve(problem, {});
    REQUIRE(find_difference(graph, problem, 1) == std::nullopt);

    Problem weight = problem; // row 2, column 1
    weight.matrix[7] = 6;
    REQUIRE_THAT(find_difference(graph, weight, 1).value_or(""), Catch::Contains("output 1 "));
    Problem offset = problem;
    offset.offset[2] = 4;
    REQUIRE_THAT(find_difference(graph, offset, 1).value_or(""), Catch::Contains("output 2 "));
    AdderGraph sign = graph;
    sign.outputs[0].term.negate = !sign.outputs[0].term.negate;
    REQUIRE_THAT(find_difference(sign, problem, 1).value_or(""), Catch::Contains("output 0 "));
}

} // namespace bitgrain::cmvm
