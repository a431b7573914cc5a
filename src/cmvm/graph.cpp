// What can be asked of a finished graph: its cost, its values, a proof.
#include "base/error.hpp"
#include "cmvm/adder_cost.hpp"
#include "cmvm/linear_form.hpp"
#include "cmvm/solve.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <string>

namespace bitgrain::cmvm {

namespace {

struct NodeOperands {
    OperandBits bits[3];
    std::size_t count = 0;

    std::span<const OperandBits> span() const { return {bits, count}; }
};

NodeOperands operands_of(const AdderGraph& graph, const Node& node) {
    NodeOperands all;
    for (int k = 0; k < node.operands; ++k) {
        const Term& term = node.in[k];
        const fx::Interval& interval = graph.nodes[term.node].interval;
        const int lsb = term.shift - interval.fraction;
        all.bits[all.count++] = {lsb, lsb + interval.width(), interval.lo >= 0, term.negate, interval.is_constant()};
    }
    return all;
}

/// Codes of nodes are exact on the grid of their interval.
struct Value {
    std::int64_t code = 0;
    int fraction = 0;
};

Value apply(const Term& term, const Value& value) {
    return {term.negate ? -value.code : value.code, value.fraction - term.shift};
}

std::int64_t table_cost(const AdderGraph& graph, const Node& node, const LutCosts& costs) {
    int inputs = 0;
    for (const std::uint32_t input : graph.tables[node.input].inputs)
        inputs += graph.nodes[input].interval.width();
    const std::int64_t width = node.interval.width();
    // A LUT6 has two outputs of the same five inputs.
    return inputs < costs.table_inputs ? (width + 1) / 2 * costs.table_pair : width * costs.table_bit;
}

/// Of an adder's chain; none for all that is not an adder and for wires.
Positions carry_positions(const AdderGraph& graph, const Node& node) {
    if (node.kind != Node::Kind::add) return {};
    const NodeOperands operands = operands_of(graph, node);
    if (is_concatenation(operands.span())) return {};
    return adder_positions(operands.span(), node.interval.width() - node.interval.fraction);
}

std::int64_t look_up(const AdderGraph& graph, const Table& table, std::span<const Value> values) {
    std::size_t index = 0, stride = 1;
    for (const std::uint32_t input : table.inputs) {
        const fx::Interval& interval = graph.nodes[input].interval;
        index += stride * static_cast<std::size_t>(values[input].code - interval.lo);
        stride *= static_cast<std::size_t>(interval.hi - interval.lo + 1);
    }
    CHECK(index < table.entries.size(), "a table lacks an entry");
    return table.entries[index];
}

Value add(const Value& a, const Value& b) {
    if (a.code == 0) return b;
    if (b.code == 0) return a;
    const int finest = std::max(a.fraction, b.fraction);
    const std::int64_t sum = fx::to_fraction(a.code, a.fraction, finest) + fx::to_fraction(b.code, b.fraction, finest);
    CHECK(fx::magnitude_bits(sum) <= fx::max_code_bits, "a value needs more than 62 bits");
    return {sum, finest};
}

} // namespace

std::int64_t lut_bits(const AdderGraph& graph, const Node& node, const LutCosts& costs) {
    if (node.kind == Node::Kind::table) return table_cost(graph, node, costs);
    const Positions positions = carry_positions(graph, node);
    return positions.total() == 0 && node.operands < 3 ? 0 : adder_cost(positions, node.operands, costs);
}

std::vector<double> output_delays(const AdderGraph& graph, const DelayModel& model) {
    std::vector<double> ready;
    for (const Node& node : graph.nodes) {
        double time = node.kind == Node::Kind::input ? node.depth * model.adder : 0.0;
        if (node.kind == Node::Kind::table) {
            for (const std::uint32_t input : graph.tables[node.input].inputs)
                time = std::max(time, ready[input] + model.table);
        }
        for (int k = 0; k < node.operands; ++k)
            time = std::max(time, ready[node.in[k].node]);
        if (const int positions = carry_positions(graph, node).total(); positions > 0) {
            time += (model.adder + model.position * positions) * (node.operands == 3 ? model.third : 1.0);
        }
        ready.push_back(time);
    }
    std::vector<double> delays;
    for (const Output& output : graph.outputs)
        delays.push_back(output.zero ? 0.0 : ready[output.term.node]);
    return delays;
}

Cost cost(const AdderGraph& graph, const LutCosts& costs) {
    Cost cost;
    for (const Node& node : graph.nodes) {
        if (node.kind == Node::Kind::table) ++cost.tables;
        if (node.kind == Node::Kind::add && !is_concatenation(operands_of(graph, node).span())) ++cost.adders;
        cost.lut_bits += lut_bits(graph, node, costs);
    }
    for (const Output& output : graph.outputs) {
        if (!output.zero) cost.depth = std::max(cost.depth, graph.nodes[output.term.node].depth);
    }
    return cost;
}

std::vector<std::int64_t> evaluate(const AdderGraph& graph, std::span<const std::int64_t> inputs,
                                   std::vector<int>* fractions) {
    std::vector<Value> values(graph.nodes.size());
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        const Node& node = graph.nodes[i];
        const fx::Interval& interval = node.interval;
        switch (node.kind) {
        case Node::Kind::input:
            CHECK(node.input < inputs.size(), "an input value is missing");
            values[i] = {inputs[node.input], interval.fraction};
            break;
        case Node::Kind::constant:
            values[i] = {interval.lo, interval.fraction};
            break;
        case Node::Kind::table:
            values[i] = {look_up(graph, graph.tables[node.input], values), interval.fraction};
            break;
        case Node::Kind::add: {
            Value sum;
            for (int k = 0; k < node.operands; ++k)
                sum = add(sum, apply(node.in[k], values[node.in[k].node]));
            values[i] = {fx::to_fraction(sum.code, sum.fraction, interval.fraction), interval.fraction};
            break;
        }
        }
        CHECK(interval.lo <= values[i].code && values[i].code <= interval.hi,
              "node " + std::to_string(i) + " leaves its interval");
    }
    std::vector<std::int64_t> results;
    if (fractions != nullptr) fractions->clear();
    for (const Output& output : graph.outputs) {
        const Value result = output.zero ? Value{} : apply(output.term, values[output.term.node]);
        results.push_back(result.code);
        if (fractions != nullptr) fractions->push_back(result.fraction);
    }
    return results;
}

} // namespace bitgrain::cmvm
