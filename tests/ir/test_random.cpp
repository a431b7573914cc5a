// The builder's rules and the evaluator against a reference that knows neither.
#include "ir/evaluate.hpp"
#include "reference.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;

namespace {

void compare_with_reference(const test::Program& program, std::size_t rows, std::uint64_t seed) {
    const ir::Netlist& netlist = program.netlist;
    const auto inputs = test::random_inputs(netlist, rows, seed);
    const auto outputs = ir::evaluate(netlist, inputs, rows);
    std::size_t wrong = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        const test::Reference reference(program, inputs.data() + row * netlist.inputs.size());
        for (std::size_t j = 0; j < netlist.outputs.size(); ++j) {
            const std::int64_t code = outputs[row * netlist.outputs.size() + j];
            const int fraction = ir::output_format(netlist, j).fraction;
            if (!test::equal(reference.edge(program.outputs[j]), code, fraction)) ++wrong;
        }
    }
    INFO(ir::to_text(netlist));
    REQUIRE(wrong == 0);
}

} // namespace

TEST_CASE("random netlists compute what was asked of the builder", "[ir][random]") {
    for (std::uint64_t seed = 1; seed <= 1500; ++seed) {
        CAPTURE(seed);
        compare_with_reference(test::random_program(seed), 100, seed);
    }
}

TEST_CASE("large random netlists compute what was asked of the builder", "[ir][random]") {
    test::RandomOptions options;
    options.inputs = 30;
    options.requests = 1500;
    options.outputs = 60;
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        CAPTURE(seed);
        compare_with_reference(test::random_program(seed, options), 150, seed);
    }
}

TEST_CASE("random netlists cover every op, rounding and overflow mode", "[ir][random]") {
    std::vector<std::size_t> ops(7), rounds(3), overflows(3);
    std::size_t three_operands = 0, trusted = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        const ir::Netlist netlist = test::random_netlist(seed);
        for (const ir::Node& node : netlist.nodes) {
            ++ops[static_cast<std::size_t>(node.op)];
            if (node.op == ir::Op::add && node.operands == 3) ++three_operands;
            if (node.op == ir::Op::add && node.in[0].node == node.in[1].node) ++trusted;
            if (node.op != ir::Op::cast) continue;
            ++rounds[static_cast<std::size_t>(netlist.casts[node.payload].round)];
            ++overflows[static_cast<std::size_t>(netlist.casts[node.payload].overflow)];
        }
    }
    for (const auto& counts : {ops, rounds, overflows}) {
        for (const std::size_t n : counts)
            CHECK(n > 50);
    }
    CHECK(three_operands > 50);
    CHECK(trusted > 5);
}
