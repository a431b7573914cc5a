// The recorded table: LUT bits and adders of the solver on matrices made from seeds. A change that makes a row worse
// fails; one that makes it better should lower the number here (run with -s to see the figures).
#include "problems.hpp"

#include <catch2/catch.hpp>
#include <string>

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
    {"dense 8 bit", 1, 8, 8, 8, 0, 2, 1063, 1040},     {"dense 8 bit", 1, 8, 8, 8, 2, 2, 1011, 997},
    {"dense 8 bit", 2, 16, 16, 8, 0, 2, 4182, 3993},   {"dense 8 bit", 2, 16, 16, 8, 2, 2, 4126, 3930},
    {"dense 8 bit", 2, 16, 16, 8, 0, 3, 2883, 2806},   {"dense 4 bit", 3, 16, 16, 4, 0, 2, 2109, 2076},
    {"dense 4 bit", 3, 16, 16, 4, 0, 3, 1504, 1501},   {"heterogeneous", 4, 16, 64, 0, 0, 3, 1987, 1981},
    {"heterogeneous", 4, 16, 64, 0, 0, 2, 2583, 2546}, {"heterogeneous", 4, 16, 64, 0, 2, 2, 2495, 2469},
    {"heterogeneous", 5, 32, 32, 0, 0, 2, 3955, 3888}, {"heterogeneous", 5, 32, 32, 0, 0, 3, 2689, 2621},
    {"heterogeneous", 6, 64, 32, 0, 1, 2, 6970, 6741}, {"heterogeneous", 7, 32, 5, 0, 2, 3, 391, 372},
};

} // namespace

TEST_CASE("the solver is not worse than recorded", "[cmvm][quality]") {
    std::string table; // as it would have to be recorded
    bool worse = false;
    for (const Case& c : cases) {
        Random random(c.seed);
        const auto rows = static_cast<std::size_t>(c.rows), columns = static_cast<std::size_t>(c.columns);
        const Problem problem = c.weight_bits != 0 ? test::dense(random, rows, columns, c.weight_bits, 8)
                                                   : test::heterogeneous(random, rows, columns, 0.6);
        std::int64_t bits[2] = {};
        for (const Effort effort : {Effort::fast, Effort::normal}) {
            Options options;
            options.effort = effort;
            options.slack = c.slack;
            options.operands = c.operands;
            const AdderGraph graph = solve(problem, options);
            prove(graph, problem);
            bits[effort == Effort::fast ? 0 : 1] = cost(graph).lut_bits;
        }
        const bool drifted = bits[0] > c.fast || bits[1] > c.normal;
        worse = worse || drifted;
        table += std::string(c.name) + " " + std::to_string(c.rows) + "x" + std::to_string(c.columns) + " slack " +
                 std::to_string(c.slack) + " operands " + std::to_string(c.operands) + ": " + std::to_string(bits[0]) +
                 ", " + std::to_string(bits[1]) + (drifted ? "  worse\n" : "\n");
    }
    INFO(table);
    REQUIRE_FALSE(worse);
}

} // namespace bitgrain::cmvm
