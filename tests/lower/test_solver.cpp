#include "lower/solver.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;

TEST_CASE("an equal problem is solved once, a different one anew", "[lower]") {
    cmvm::Problem problem;
    problem.rows = 2;
    problem.columns = 2;
    problem.matrix = {3, 5, -7, 11};
    problem.inputs = {{-8, 7, 0}, {0, 15, 0}};
    problem.arrival = {0, 1};
    problem.offset = {0, 9};
    lower::Solver solver({});
    const cmvm::AdderGraph& first = solver.solve(problem);
    CHECK(&solver.solve(cmvm::Problem(problem)) == &first);
    CHECK(solver.solved() == 1);
    std::size_t solved = 1;
    const auto check_new = [&](cmvm::Problem other) {
        cmvm::prove(solver.solve(other), other);
        CHECK(solver.solved() == ++solved);
    };
    cmvm::Problem other = problem;
    other.matrix[3] = 13;
    check_new(other);
    other = problem;
    other.inputs[0].hi = 6;
    check_new(other);
    other = problem;
    other.arrival[0] = 2;
    check_new(other);
    other = problem;
    other.offset[0] = 1;
    check_new(other);
}
