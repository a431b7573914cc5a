// The recorded table: LUT bits and adders of the solver on matrices made from seeds. A change that makes a row worse
// fails; one that makes it better should lower the number here (run with -s to see the figures).
#include "problems.hpp"

#include <catch2/catch.hpp>

namespace bitgrain::cmvm {

namespace {

struct Case {
    const char* name;
    std::uint64_t seed;
    int rows, columns;
    int weight_bits; ///< 0: heterogeneous
    int slack, operands;
    std::int64_t fast, normal; ///< recorded LUT bits
};

constexpr Case cases[] = {
    {"dense 8 bit", 1, 8, 8, 8, 0, 2, 1158, 1093},     {"dense 8 bit", 1, 8, 8, 8, 2, 2, 1139, 1067},
    {"dense 8 bit", 2, 16, 16, 8, 0, 2, 4197, 4104},   {"dense 8 bit", 2, 16, 16, 8, 2, 2, 4109, 4027},
    {"dense 8 bit", 2, 16, 16, 8, 0, 3, 2993, 2993},   {"dense 4 bit", 3, 16, 16, 4, 0, 2, 2197, 2133},
    {"heterogeneous", 4, 16, 64, 0, 0, 2, 2681, 2657}, {"heterogeneous", 4, 16, 64, 0, 2, 2, 2619, 2551},
    {"heterogeneous", 5, 32, 32, 0, 0, 2, 4145, 4029}, {"heterogeneous", 5, 32, 32, 0, 0, 3, 2909, 2894},
    {"heterogeneous", 6, 64, 32, 0, 1, 2, 7824, 7580}, {"heterogeneous", 7, 32, 5, 0, 2, 3, 416, 389},
};

} // namespace

TEST_CASE("the solver is not worse than recorded", "[cmvm][quality]") {
    for (const Case& c : cases) {
        Random random(c.seed);
        const auto rows = static_cast<std::size_t>(c.rows), columns = static_cast<std::size_t>(c.columns);
        const Problem problem = c.weight_bits != 0 ? test::dense(random, rows, columns, c.weight_bits, 8)
                                                   : test::heterogeneous(random, rows, columns, 0.6);
        for (const Effort effort : {Effort::fast, Effort::normal}) {
            Options options;
            options.effort = effort;
            options.slack = c.slack;
            options.operands = c.operands;
            const AdderGraph graph = solve(problem, options);
            prove(graph, problem);
            const std::int64_t recorded = effort == Effort::fast ? c.fast : c.normal;
            INFO(c.name << " " << c.rows << "x" << c.columns << " slack " << c.slack << " operands " << c.operands
                        << " " << (effort == Effort::fast ? "fast" : "normal"));
            REQUIRE(cost(graph).lut_bits <= recorded);
        }
    }
}

} // namespace bitgrain::cmvm
