// The search: what is taken back is as before, columns that resemble each other are written from each other, and high
// effort gives valid graphs too.
#include "cmvm/differences.hpp"
#include "cmvm/greedy.hpp"
#include "cmvm/make_system.hpp"
#include "cmvm/search.hpp"
#include "problems.hpp"

#include <algorithm>
#include <bit>
#include <catch2/catch.hpp>
#include <tuple>

namespace bitgrain::cmvm {

namespace {

using Row = std::vector<std::tuple<std::uint32_t, int, bool>>;

/// Terms of all living sums, in an order of their own, and the number of different pairs.
std::pair<std::vector<Row>, std::size_t> content(System& system) {
    std::vector<Row> rows;
    for (std::uint32_t id = 0; id < system.size(); ++id) {
        Row row;
        if (system.signal(id).is_row()) {
            for (const RowTerm& t : system.signal(id).terms)
                row.emplace_back(t.signal, t.shift, t.negate);
        }
        std::sort(row.begin(), row.end());
        if (!row.empty()) rows.push_back(std::move(row));
    }
    return {rows, system.index().size()};
}

Problem hadamard(std::size_t n) {
    Problem p;
    p.rows = p.columns = n;
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            p.matrix.push_back(std::popcount(i & j) % 2 == 0 ? 1 : -1);
    }
    p.inputs.assign(n, {-128, 127, 0});
    return p;
}

} // namespace

TEST_CASE("three terms are shared at once where there is no time for two", "[cmvm]") {
    Problem problem; // two sums of nine terms in two levels of three operands, the first three in common
    problem.rows = 15;
    problem.columns = 2;
    for (std::size_t i = 0; i < problem.rows; ++i) {
        problem.matrix.push_back(i < 9 ? 1 : 0);
        problem.matrix.push_back(i < 3 || i >= 9 ? 1 : 0);
    }
    problem.inputs.assign(problem.rows, {-128, 127, 0});
    Options options;
    options.operands = 3;
    const AdderGraph graph = solve(problem, options);
    Random random(1);
    REQUIRE(test::check(problem, graph, random) == "");
    REQUIRE(cost(graph).depth == 2);
    REQUIRE(cost(graph).adders == 7);
}

TEST_CASE("a try that is taken back leaves the system as it was", "[cmvm]") {
    const std::uint64_t seed = 9;
    Random random(seed);
    for (int round = 0; round < 20; ++round) {
        INFO("seed " << seed << " round " << round);
        const Problem problem = test::dense(random, 8, 8, 8, 8);
        Options options;
        options.slack = round % 3;
        Prepared prepared = prepare(problem, 2);
        set_limits(prepared, problem, options);
        System system = make_system(prepared, options, nullptr);
        const bool at_once = round % 2 == 1; // large problems count pairs of many places at once
        if (at_once) {
            system.recount(2);
        } else {
            system.watch();
        }
        share_patterns(system, true);
        if (at_once) system.recount(1);
        const auto before = content(system);
        system.recount(1);
        REQUIRE(content(system) == before);
        system.begin();
        for (std::uint32_t id = 0; id < system.size(); ++id) {
            if (system.signal(id).is_row() && random.chance(0.3)) system.write_out(id);
        }
        for (std::uint32_t id = 0; id < system.size(); ++id) {
            if (system.signal(id).is_row() && system.signal(id).terms.size() > 1) system.flip(id, 0, 1);
        }
        system.blur(0.5, random.next());
        share_patterns(system, true);
        system.rollback();
        REQUIRE(content(system) == before);
    }
}

TEST_CASE("annealing ends no worse than it says and does not depend on anything but its seed", "[cmvm]") {
    Random random(10);
    const Problem problem = test::dense(random, 8, 8, 8, 8);
    Prepared prepared = prepare(problem, 2);
    set_limits(prepared, problem, {});
    std::int64_t first = 0;
    for (int run = 0; run < 2; ++run) {
        System system = make_system(prepared, {}, nullptr);
        system.watch();
        share_patterns(system, true);
        Search search(system, 5);
        const std::int64_t before = search.bits();
        search.anneal(100000, 4.0, [] { return false; });
        REQUIRE(search.bits() < before);
        REQUIRE(search.bits() == Search(system, 1).bits());
        if (run == 0) first = search.bits();
        REQUIRE(search.bits() == first);
    }
}

TEST_CASE("columns that differ little are written from each other", "[cmvm]") {
    // Second column = first + x0: a chain of one more adder.
    Problem p;
    p.rows = 4;
    p.columns = 2;
    p.matrix = {85, 86, 51, 51, -77, -77, 101, 101};
    p.inputs.assign(4, {-128, 127, 0});
    const Prepared prepared = prepare(p, 2);
    const Derivations derivations = derive_columns(prepared, 2);
    REQUIRE(derivations.order.size() == 2);
    REQUIRE(derivations.order[1].parent.has_value());
    REQUIRE(derivations.order[1].rest.size() == 1);
    REQUIRE(derivations.terms == derivations.plain_terms / 2 + 2);
}

TEST_CASE("a Hadamard matrix takes n log n adders at the least depth", "[cmvm]") {
    Random random(4);
    for (const std::size_t n : {4u, 8u, 16u}) {
        const Problem problem = hadamard(n);
        const AdderGraph graph = solve(problem, {});
        REQUIRE(test::check(problem, graph, random) == "");
        REQUIRE(cost(graph).adders == n * static_cast<std::size_t>(std::countr_zero(n)));
        REQUIRE(cost(graph).depth == std::countr_zero(n));
    }
}

TEST_CASE("matrices of plus and minus one gain from depth through differences", "[cmvm][quality]") {
    Random random(12);
    Problem problem = test::dense(random, 16, 16, 8, 8);
    for (std::int64_t& w : problem.matrix)
        w = random.chance(0.5) ? 1 : -1;
    Options tight, loose;
    loose.slack = 2;
    REQUIRE(10 * cost(solve(problem, loose)).lut_bits < 9 * cost(solve(problem, tight)).lut_bits);
}

TEST_CASE("high effort gives valid graphs within their depth", "[cmvm]") {
    Random random(13);
    for (const int operands : {2, 3}) {
        const Problem problem = test::heterogeneous(random, 16, 8, 0.5);
        Options options;
        options.effort = Effort::high;
        options.seconds = 0.05;
        options.operands = operands;
        const AdderGraph graph = solve(problem, options);
        REQUIRE(test::check(problem, graph, random) == "");
        REQUIRE(cost(graph).depth <= min_depth(problem, operands));
    }
}

} // namespace bitgrain::cmvm
