// Constant matrix times signals: a problem in integers for the adder-graph solver, and its solution as nodes.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/joint_table.hpp"
#include "lower/wires.hpp"

#include <algorithm>
#include <map>

namespace bitgrain::lower {

namespace {

/// An exact number code * 2^-fraction; zero has no grid.
struct Number {
    std::int64_t code = 0;
    int fraction = 0;

    void add(std::int64_t other, int other_fraction) {
        if (other == 0) return;
        if (code == 0) {
            code = other;
            fraction = other_fraction;
            return;
        }
        const int finer = std::max(fraction, other_fraction);
        code = fx::to_fraction(code, fraction, finer) + fx::to_fraction(other, other_fraction, finer);
        fraction = finer;
    }
};

/// One output as a sum over nodes: elements of the operand that are edges of one node are one summand, constant ones
/// join the offset.
struct Column {
    std::vector<Number> factors; ///< per row of `Rows`; of the node's integer codes
    Number offset;

    /// The finest grid of any part: everything is an integer on it.
    int grid() const {
        bool first = offset.code == 0;
        int finest = offset.fraction;
        for (const Number& factor : factors) {
            if (factor.code == 0) continue;
            finest = first ? factor.fraction : std::max(finest, factor.fraction);
            first = false;
        }
        return first ? 0 : finest;
    }
};

/// Which nodes the operand's elements read.
struct Rows {
    std::vector<ir::NodeId> nodes;
    std::vector<std::size_t> of_element; ///< row of each element; meaningless for constants

    Rows(const ir::Netlist& netlist, std::span<const ir::Signal> x) {
        std::map<ir::NodeId, std::size_t> known;
        for (const ir::Signal& signal : x) {
            if (netlist.nodes[signal.node].interval.is_constant()) {
                of_element.push_back(0);
                continue;
            }
            const auto [found, is_new] = known.try_emplace(signal.node, nodes.size());
            if (is_new) nodes.push_back(signal.node);
            of_element.push_back(found->second);
        }
    }
};

std::vector<Column> make_columns(const model::Affine& affine, const ir::Netlist& netlist, std::span<const ir::Signal> x,
                                 const Rows& rows, const std::vector<std::optional<int>>& half) {
    std::vector<Column> columns(affine.columns);
    for (std::size_t j = 0; j < affine.columns; ++j) {
        Column& column = columns[j];
        column.factors.resize(rows.nodes.size());
        const fx::Dyadic bias = fx::to_dyadic(affine.bias[j]);
        column.offset.add(bias.code, bias.fraction);
        if (half[j]) column.offset.add(1, *half[j] + 1);
        for (std::size_t i = 0; i < affine.rows; ++i) {
            const fx::Dyadic weight = fx::to_dyadic(affine.weights[i * affine.columns + j]);
            const fx::Interval& node = netlist.nodes[x[i].node].interval;
            const std::int64_t code = x[i].negate ? -weight.code : weight.code;
            const int fraction = weight.fraction - x[i].shift + node.fraction;
            if (node.is_constant()) {
                column.offset.add(code * node.lo, fraction);
            } else {
                column.factors[rows.of_element[i]].add(code, fraction);
            }
        }
    }
    return columns;
}

} // namespace

std::vector<ir::Signal> Wires::affine(const model::Affine& affine, std::span<const ir::Signal> x) {
    const ir::Netlist& netlist = builder_.netlist();
    const Rows all(netlist, x);
    const std::vector<Column> columns = make_columns(affine, netlist, x, all, roundings_.half[step_]);

    // Only the rows and columns that are left: what is zero or constant is no part of the problem.
    std::vector<std::size_t> live_rows, live_columns;
    for (std::size_t i = 0; i < all.nodes.size(); ++i) {
        const bool live =
            std::any_of(columns.begin(), columns.end(), [&](const Column& c) { return c.factors[i].code != 0; });
        if (live) live_rows.push_back(i);
    }
    for (std::size_t j = 0; j < columns.size(); ++j) {
        const auto& factors = columns[j].factors;
        const bool live = std::any_of(factors.begin(), factors.end(), [](const Number& n) { return n.code != 0; });
        if (live) live_columns.push_back(j);
    }

    // Node codes are integers, and each column is scaled to integers; powers of two are free on both sides.
    cmvm::Problem problem;
    problem.rows = live_rows.size();
    problem.columns = live_columns.size();
    std::vector<ir::Signal> inputs;
    for (const std::size_t i : live_rows) {
        const fx::Interval& range = netlist.nodes[all.nodes[i]].interval;
        problem.inputs.push_back({range.lo, range.hi, 0});
        problem.arrival.push_back(depth(all.nodes[i]));
        inputs.push_back({all.nodes[i], range.fraction, false});
        for (const std::size_t j : live_columns) {
            const Number& factor = columns[j].factors[i];
            problem.matrix.push_back(fx::to_fraction(factor.code, factor.fraction, columns[j].grid()));
        }
    }
    for (const std::size_t j : live_columns) {
        const Number& offset = columns[j].offset;
        problem.offset.push_back(fx::to_fraction(offset.code, offset.fraction, columns[j].grid()));
    }

    std::vector<ir::Signal> y(affine.columns);
    for (std::size_t j = 0; j < columns.size(); ++j) {
        name_nodes(static_cast<int>(j));
        y[j] = builder_.constant(columns[j].offset.code, columns[j].offset.fraction);
    }
    if (live_columns.empty()) return y;
    const std::vector<ir::Signal> sums = build(solver_.solve(problem), inputs, live_columns);
    for (std::size_t k = 0; k < live_columns.size(); ++k) {
        y[live_columns[k]] = ir::Builder::shift(sums[k], -columns[live_columns[k]].grid());
    }
    return y;
}

ir::Signal Wires::look_up(const cmvm::AdderGraph& graph, const cmvm::Node& node,
                          const std::vector<ir::Signal>& signals) {
    const cmvm::Table& table = graph.tables[node.input];
    std::vector<ir::Signal> keys;
    for (const std::uint32_t input : table.inputs)
        keys.push_back(signals[input]);
    return ir::joint_table(builder_, keys, table.entries, node.interval.fraction);
}

std::vector<ir::Signal> Wires::build(const cmvm::AdderGraph& graph, const std::vector<ir::Signal>& inputs,
                                     const std::vector<std::size_t>& names) {
    // A node belongs to the one output that needs it, or to the layer when several do.
    constexpr int nobody = -2, shared = -1;
    std::vector<int> owner(graph.nodes.size(), nobody);
    const auto claim = [&](std::uint32_t node, int by) {
        owner[node] = owner[node] == nobody || owner[node] == by ? by : shared;
    };
    for (std::size_t j = 0; j < graph.outputs.size(); ++j) {
        if (!graph.outputs[j].zero) claim(graph.outputs[j].term.node, static_cast<int>(names[j]));
    }
    for (std::size_t n = graph.nodes.size(); n-- > 0;) {
        for (std::size_t k = 0; k < graph.nodes[n].operands; ++k)
            claim(graph.nodes[n].in[k].node, owner[n]);
    }

    std::vector<ir::Signal> signals;
    const auto edge = [&](const cmvm::Term& term) {
        const ir::Signal signal = ir::Builder::shift(signals[term.node], term.shift);
        return term.negate ? ir::Builder::negate(signal) : signal;
    };
    for (std::size_t n = 0; n < graph.nodes.size(); ++n) {
        const cmvm::Node& node = graph.nodes[n];
        name_nodes(std::max(owner[n], shared));
        switch (node.kind) {
        case cmvm::Node::Kind::input:
            signals.push_back(inputs[node.input]);
            break;
        case cmvm::Node::Kind::constant:
            signals.push_back(builder_.constant(node.interval.lo, node.interval.fraction));
            break;
        case cmvm::Node::Kind::add:
            // The solver knows the range better than the operands do when they share inputs.
            signals.push_back(node.operands == 3
                                  ? builder_.add(edge(node.in[0]), edge(node.in[1]), edge(node.in[2]), node.interval)
                                  : builder_.add(edge(node.in[0]), edge(node.in[1]), node.interval));
            break;
        case cmvm::Node::Kind::table:
            signals.push_back(look_up(graph, node, signals));
            break;
        }
    }
    std::vector<ir::Signal> outputs;
    for (const cmvm::Output& output : graph.outputs)
        outputs.push_back(output.zero ? zero() : edge(output.term));
    return outputs;
}

} // namespace bitgrain::lower
