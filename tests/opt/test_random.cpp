// Seam C4: every pass keeps every output of random netlists, for extreme and random inputs, and never costs more.
#include "ir/evaluate.hpp"
#include "opt/cost.hpp"
#include "opt/passes.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;

namespace {

/// Rows x outputs values, as codes on a common fine grid.
std::vector<std::int64_t> values(const ir::Netlist& netlist, const std::vector<std::int64_t>& inputs,
                                 std::size_t rows) {
    const auto codes = ir::evaluate(netlist, inputs, rows);
    std::vector<std::int64_t> result;
    result.reserve(codes.size());
    const std::size_t width = netlist.outputs.size();
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const int fraction = ir::output_format(netlist, i % width).fraction;
        // The coarsest grid that holds the value: two netlists may know different grids.
        const int zeros = codes[i] == 0 ? 0 : std::countr_zero(static_cast<std::uint64_t>(codes[i]));
        result.push_back(fx::shift_right(codes[i], zeros));
        result.push_back(codes[i] == 0 ? 0 : fraction - zeros);
    }
    return result;
}

void check_equal(const ir::Netlist& before, const ir::Netlist& after, std::size_t rows, std::uint64_t seed) {
    ir::verify(after);
    REQUIRE(after.inputs.size() == before.inputs.size());
    REQUIRE(after.outputs.size() == before.outputs.size());
    for (std::size_t i = 0; i < before.inputs.size(); ++i) {
        REQUIRE(after.inputs[i].name == before.inputs[i].name);
        REQUIRE(after.inputs[i].format == before.inputs[i].format);
    }
    for (std::size_t j = 0; j < before.outputs.size(); ++j)
        REQUIRE(after.outputs[j].name == before.outputs[j].name);
    const auto inputs = test::random_inputs(before, rows, seed);
    INFO(ir::to_text(before));
    INFO(ir::to_text(after));
    const bool equal = values(before, inputs, rows) == values(after, inputs, rows);
    REQUIRE(equal);
}

} // namespace

TEST_CASE("every pass keeps the function of random netlists", "[opt][random]") {
    for (const opt::Pass& pass : opt::pipeline()) {
        CAPTURE(pass.name);
        for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
            CAPTURE(seed);
            const ir::Netlist netlist = test::random_netlist(seed);
            check_equal(netlist, pass.run(netlist), 100, seed);
        }
    }
}

TEST_CASE("the whole pipeline keeps the function of random netlists and never costs more", "[opt][random]") {
    for (std::uint64_t seed = 5001; seed <= 6000; ++seed) {
        CAPTURE(seed);
        const ir::Netlist netlist = test::random_netlist(seed);
        const ir::Netlist optimized = opt::optimize(netlist, {seed % 2 == 0 ? 2 : 3});
        check_equal(netlist, optimized, 100, seed);
        CHECK(opt::cost(optimized) <= opt::cost(netlist));
    }
}

TEST_CASE("the whole pipeline keeps the function of large random netlists", "[opt][random]") {
    test::RandomOptions options;
    options.inputs = 30;
    options.requests = 1500;
    options.outputs = 60;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        const ir::Netlist netlist = test::random_netlist(seed, options);
        const ir::Netlist optimized = opt::optimize(netlist, {seed % 2 == 0 ? 2 : 3});
        check_equal(netlist, optimized, 200, seed);
        CHECK(opt::cost(optimized).logic < opt::cost(netlist).logic);
    }
}

TEST_CASE("the same netlist is optimised to the same bytes", "[opt]") {
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        const ir::Netlist netlist = test::random_netlist(seed);
        REQUIRE(ir::to_text(opt::optimize(netlist)) == ir::to_text(opt::optimize(netlist)));
    }
}

TEST_CASE("a rebuilt netlist rebuilds to itself", "[opt][rebuild]") {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        const ir::Netlist once = opt::rebuild(test::random_netlist(seed));
        REQUIRE(ir::to_text(opt::rebuild(once)) == ir::to_text(once));
    }
}

TEST_CASE("adds in pieces keep the function of random netlists, and few are longer than asked", "[opt][random]") {
    std::size_t pieces = 0, whole = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        CAPTURE(seed);
        const ir::Netlist netlist = test::random_netlist(seed);
        const int most = opt::least_split_bits + static_cast<int>(seed % 5);
        std::vector<int> limits(netlist.nodes.size(), 0);
        for (std::size_t i = 0; i < limits.size(); ++i)
            limits[i] = netlist.nodes[i].op == ir::Op::add ? most : 0;
        const ir::Netlist split = opt::split(netlist, limits);
        check_equal(netlist, split, 100, seed);
        for (const ir::Node& node : split.nodes) {
            if (node.op != ir::Op::add) continue;
            ++pieces;
            whole += opt::logic_bits(split, node) > most; // halves that wires cannot join
        }
    }
    CHECK(whole * 50 < pieces);
}

TEST_CASE("saturating casts in pieces keep the function of random netlists, and decide by few bits", "[opt][random]") {
    constexpr int most = 3;
    std::size_t pieces = 0;
    for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
        CAPTURE(seed);
        const ir::Netlist netlist = test::random_netlist(seed);
        std::vector<int> limits(netlist.nodes.size(), 0);
        for (std::size_t i = 0; i < limits.size(); ++i) {
            const ir::Node& node = netlist.nodes[i];
            const bool saturates =
                node.op == ir::Op::cast && netlist.casts[node.payload].overflow != fx::Overflow::wrap;
            limits[i] = saturates ? most : 0;
        }
        const ir::Netlist split = opt::split(netlist, limits);
        check_equal(netlist, split, 100, seed);
        for (const ir::Node& node : split.nodes) {
            if (node.op != ir::Op::cast || split.casts[node.payload].overflow == fx::Overflow::wrap) continue;
            const fx::Cast& cast = split.casts[node.payload];
            ++pieces;
            CHECK(cast.round == fx::Round::trn);
            const int above = fx::format_of(ir::interval(split, node.in[0])).integer - cast.format.integer;
            CHECK(above <= (cast.overflow == fx::Overflow::sat_sym ? 0 : most - 1));
        }
    }
    CHECK(pieces > 1000);
}
