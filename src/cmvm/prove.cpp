// Multiplies a graph out: every node becomes an exact combination of inputs and a constant, compared with the problem.
// Independent of the solver's own bookkeeping: fractions and factors are carried here from the graph alone.
#include "base/error.hpp"
#include "cmvm/solve.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace bitgrain::cmvm {

namespace {

/// factor * 2^-fraction, exact; odd factor or zero.
struct Exact {
    __int128 factor = 0;
    int fraction = 0;

    void reduce() {
        if (factor == 0) fraction = 0;
        while (factor != 0 && factor % 2 == 0) {
            factor /= 2;
            --fraction;
        }
    }
};

constexpr std::size_t constant_key = static_cast<std::size_t>(-1);
using Combination = std::map<std::size_t, Exact>; ///< input -> factor

void accumulate(Exact& into, Exact other) {
    if (other.factor == 0) return;
    if (into.factor == 0) {
        into = other;
        into.reduce();
        return;
    }
    const int finest = std::max(into.fraction, other.fraction);
    for (Exact* e : {&into, &other}) {
        for (; e->fraction < finest; ++e->fraction) {
            CHECK(e->factor < (__int128{1} << 120) && e->factor > -(__int128{1} << 120),
                  "a factor is too wide to prove");
            e->factor *= 2;
        }
    }
    into.factor += other.factor;
    into.reduce();
}

void accumulate(Combination& into, const Combination& other, const Term& term) {
    for (const auto& [input, exact] : other) {
        Exact moved{term.negate ? -exact.factor : exact.factor, exact.fraction - term.shift};
        accumulate(into[input], moved);
        if (into[input].factor == 0) into.erase(input);
    }
}

void check_interval(const Combination& value, const Node& node, const Problem& problem, std::size_t index) {
    Exact lo, hi;
    for (const auto& [input, exact] : value) {
        const bool constant = input == constant_key;
        const fx::Interval in = constant ? fx::Interval{1, 1, 0} : problem.inputs[input];
        const __int128 a = exact.factor * in.lo, b = exact.factor * in.hi;
        accumulate(lo, {std::min(a, b), exact.fraction + in.fraction});
        accumulate(hi, {std::max(a, b), exact.fraction + in.fraction});
    }
    Exact stored_lo{node.interval.lo, node.interval.fraction}, stored_hi{node.interval.hi, node.interval.fraction};
    stored_lo.reduce();
    stored_hi.reduce();
    CHECK(lo.factor == stored_lo.factor && lo.fraction == stored_lo.fraction && hi.factor == stored_hi.factor &&
              hi.fraction == stored_hi.fraction,
          "the interval of node " + std::to_string(index) + " is not its exact range");
}

/// The table as slopes and a constant, if that is what all its entries are.
Combination table_combination(const AdderGraph& graph, const Node& node, const Problem& problem) {
    CHECK(node.input < graph.tables.size(), "a table is missing");
    const Table& table = graph.tables[node.input];
    std::vector<std::int64_t> slopes;
    std::size_t stride = 1;
    int bits = 0, deepest = 0;
    for (const std::uint32_t input : table.inputs) {
        CHECK(input < problem.rows && !problem.inputs[input].is_constant(), "a table reads what is no variable input");
        CHECK(std::count(table.inputs.begin(), table.inputs.end(), input) == 1, "a table reads an input twice");
        bits += problem.inputs[input].width();
        CHECK(bits <= most_table_bits, "a table has too many input bits");
        CHECK(stride < table.entries.size(), "a table lacks entries");
        slopes.push_back(table.entries[stride] - table.entries[0]);
        stride *= static_cast<std::size_t>(problem.inputs[input].hi - problem.inputs[input].lo + 1);
        deepest = std::max(deepest, graph.nodes[input].depth);
    }
    CHECK(stride == table.entries.size(), "a table has another number of entries than combinations of its inputs");
    CHECK(node.depth == deepest + 1, "the depth of a table is wrong");
    for (std::size_t index = 0; index < table.entries.size(); ++index) {
        std::int64_t expected = table.entries[0];
        std::size_t rest = index;
        for (std::size_t k = 0; k < slopes.size(); ++k) {
            const fx::Interval& in = problem.inputs[table.inputs[k]];
            const auto count = static_cast<std::size_t>(in.hi - in.lo + 1);
            expected += slopes[k] * static_cast<std::int64_t>(rest % count);
            rest /= count;
        }
        CHECK(table.entries[index] == expected, "a table is no sum of multiples of its inputs");
    }
    Combination result;
    __int128 constant = table.entries[0];
    const int fraction = node.interval.fraction;
    for (std::size_t k = 0; k < slopes.size(); ++k) {
        const fx::Interval& in = problem.inputs[table.inputs[k]];
        constant -= static_cast<__int128>(slopes[k]) * in.lo;
        if (slopes[k] != 0) accumulate(result[table.inputs[k]], {slopes[k], fraction - in.fraction});
    }
    if (constant != 0) accumulate(result[constant_key], {constant, fraction});
    return result;
}

Combination wanted(const Problem& problem, std::size_t column) {
    Combination result;
    for (std::size_t i = 0; i < problem.rows; ++i) {
        const std::int64_t weight = problem.matrix[i * problem.columns + column];
        const fx::Interval& in = problem.inputs[i];
        if (weight == 0 || in.is_zero()) continue;
        Exact exact{weight, problem.fraction};
        exact.reduce();
        if (in.is_constant()) {
            exact = {static_cast<__int128>(weight) * in.lo, problem.fraction + in.fraction};
            exact.reduce();
            accumulate(result[constant_key], exact);
        } else {
            result[i] = exact;
        }
    }
    if (!problem.offset.empty() && problem.offset[column] != 0) {
        accumulate(result[constant_key], {problem.offset[column], problem.offset_fraction});
    }
    const auto constant = result.find(constant_key);
    if (constant != result.end() && constant->second.factor == 0) result.erase(constant);
    return result;
}

} // namespace

void prove(const AdderGraph& graph, const Problem& problem) {
    CHECK(graph.outputs.size() == problem.columns, "the graph has another number of outputs");
    CHECK(graph.nodes.size() >= problem.rows, "the graph lacks inputs");
    std::vector<Combination> values(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        CHECK((node.kind == Node::Kind::input) == (i < problem.rows), "the first nodes must be the inputs");
        switch (node.kind) {
        case Node::Kind::input:
            CHECK(node.input == i && node.interval == problem.inputs[i], "an input node differs from its input");
            if (node.interval.is_constant()) { // a known value, also when it is zero
                if (!node.interval.is_zero()) values[i][constant_key] = {node.interval.lo, node.interval.fraction};
            } else {
                values[i][i] = {1, 0};
            }
            break;
        case Node::Kind::constant:
            CHECK(node.interval.is_constant() && node.interval.lo != 0, "a constant node without a value");
            values[i][constant_key] = {node.interval.lo, node.interval.fraction};
            break;
        case Node::Kind::table:
            values[i] = table_combination(graph, node, problem);
            break;
        case Node::Kind::add: {
            CHECK(node.operands == 2 || node.operands == 3, "an adder has two or three operands");
            int deepest = 0;
            for (int k = 0; k < node.operands; ++k) {
                CHECK(node.in[k].node < i, "the graph is not in topological order");
                accumulate(values[i], values[node.in[k].node], node.in[k]);
                deepest = std::max(deepest, graph.nodes[node.in[k].node].depth);
            }
            CHECK(node.depth == deepest + 1 || (node.depth == deepest && lut_bits(graph, node) == 0),
                  "a depth is wrong");
            break;
        }
        }
        if (node.kind != Node::Kind::input) check_interval(values[i], node, problem, i);
    }
    for (std::size_t j = 0; j < problem.columns; ++j) {
        Combination made;
        if (!graph.outputs[j].zero) accumulate(made, values[graph.outputs[j].term.node], graph.outputs[j].term);
        const Combination expected = wanted(problem, j);
        const bool equal = made.size() == expected.size() &&
                           std::equal(made.begin(), made.end(), expected.begin(), [](const auto& a, const auto& b) {
                               return a.first == b.first && a.second.factor == b.second.factor &&
                                      a.second.fraction == b.second.fraction;
                           });
        CHECK(equal, "output " + std::to_string(j) + " of the adder graph is not the requested sum");
    }
}

} // namespace bitgrain::cmvm
