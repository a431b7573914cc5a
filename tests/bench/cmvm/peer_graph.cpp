#include "peer_graph.hpp"

#include "base/error.hpp"
#include "cmvm/linear_form.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::cmvm::bench {

namespace {

/// form * 2^-fraction
struct Value {
    LinearForm form;
    int fraction = 0;
};

/// A graph that grows: keeps what the exact intervals need.
class Growing {
  public:
    explicit Growing(const Problem& problem) : problem_(problem) {
        for (std::uint32_t i = 0; i < problem.rows; ++i) {
            Node node;
            node.input = i;
            node.interval = problem.inputs[i];
            node.depth = problem.arrival.empty() ? 0 : problem.arrival[i];
            graph.nodes.push_back(node);
            values_.push_back({{{i, 1}}, 0});
        }
    }

    std::uint32_t add(std::span<const Term> terms) {
        Node node;
        node.kind = Node::Kind::add;
        node.operands = static_cast<std::uint8_t>(terms.size());
        Value sum;
        for (std::size_t k = 0; k < terms.size(); ++k) {
            const Term& term = terms[k];
            CHECK(term.node < graph.nodes.size(), "an adder comes before its operand");
            node.in[k] = term;
            node.depth = std::max(node.depth, graph.nodes[term.node].depth);
            const Value& value = values_[term.node];
            const int fraction = value.fraction - term.shift;
            const int finest = k == 0 ? fraction : std::max(sum.fraction, fraction);
            sum = {combine(sum.form, finest - (k == 0 ? finest : sum.fraction), false, value.form, finest - fraction,
                           term.negate),
                   finest};
        }
        node.interval = interval_of(sum.form, problem_.inputs);
        node.interval.fraction += sum.fraction;
        if (lut_bits(graph, node) > 0) ++node.depth;
        graph.nodes.push_back(node);
        values_.push_back(std::move(sum));
        return static_cast<std::uint32_t>(graph.nodes.size() - 1);
    }

    AdderGraph graph;

  private:
    const Problem& problem_;
    std::vector<Value> values_;
};

Term read_term(const Json& json, std::size_t first) {
    return {json.at(first).get<std::uint32_t>(), json.at(first + 1).get<int>(), json.at(first + 2).get<int>() != 0};
}

std::vector<int> count_uses(const AdderGraph& graph) {
    std::vector<int> uses(graph.nodes.size(), 0);
    for (const Output& output : graph.outputs) {
        if (!output.zero) ++uses[output.term.node];
    }
    for (std::size_t i = graph.nodes.size(); i-- > 0;) {
        if (uses[i] == 0) continue; // reaches no output
        for (int k = 0; k < graph.nodes[i].operands; ++k)
            ++uses[graph.nodes[i].in[k].node];
    }
    return uses;
}

/// Operands of a parent whose operand `slot` gives way to its own two.
std::vector<Term> merged(const AdderGraph& graph, std::size_t parent, int slot) {
    std::vector<Term> terms{graph.nodes[parent].in[1 - slot]};
    const Term edge = graph.nodes[parent].in[slot];
    for (int k = 0; k < 2; ++k) {
        const Term& inner = graph.nodes[edge.node].in[k];
        terms.push_back({inner.node, inner.shift + edge.shift, inner.negate != edge.negate});
    }
    return terms;
}

/// The operand of each node that is put into it; -1: none.
std::vector<int> match(const AdderGraph& graph, const std::vector<int>& uses) {
    const std::size_t n = graph.nodes.size();
    std::vector<std::int64_t> alone(n, 0), best(n, 0); // saved bits below a node: itself unmatched; at best
    std::vector<int> wish(n, -1);
    std::vector<bool> is_output(n, false);
    for (const Output& output : graph.outputs) {
        if (!output.zero) is_output[output.term.node] = true;
    }
    const auto is_child = [&](std::uint32_t c) {
        return graph.nodes[c].kind == Node::Kind::add && uses[c] == 1 && !is_output[c];
    };
    for (std::size_t i = 0; i < n; ++i) {
        const Node& node = graph.nodes[i];
        if (node.kind != Node::Kind::add || uses[i] == 0) continue;
        for (int k = 0; k < 2; ++k) {
            if (is_child(node.in[k].node)) alone[i] += best[node.in[k].node];
        }
        best[i] = alone[i];
        for (int k = 0; k < 2; ++k) {
            const std::uint32_t child = node.in[k].node;
            if (!is_child(child)) continue;
            Node fused = node;
            fused.operands = 3;
            const std::vector<Term> terms = merged(graph, i, k);
            std::copy(terms.begin(), terms.end(), fused.in);
            const std::int64_t saved =
                lut_bits(graph, node) + lut_bits(graph, graph.nodes[child]) - lut_bits(graph, fused);
            const std::int64_t total = alone[i] - best[child] + alone[child] + saved;
            if (total > best[i]) {
                best[i] = total;
                wish[i] = k;
            }
        }
    }
    std::vector<bool> taken(n, false);
    for (std::size_t i = n; i-- > 0;) {
        if (taken[i]) wish[i] = -1;
        if (wish[i] >= 0) taken[graph.nodes[i].in[wish[i]].node] = true;
    }
    return wish;
}

} // namespace

AdderGraph read_graph(const Json& json, const Problem& problem) {
    Growing growing(problem);
    for (const Json& add : json.at("adds")) {
        const Term terms[] = {read_term(add, 0), read_term(add, 3)};
        growing.add(terms);
    }
    for (const Json& output : json.at("outputs")) {
        growing.graph.outputs.push_back(output.is_null() ? Output{{}, true} : Output{read_term(output, 0), false});
    }
    prove(growing.graph, problem);
    return growing.graph;
}

AdderGraph fuse(const AdderGraph& graph, const Problem& problem) {
    const std::vector<int> uses = count_uses(graph);
    const std::vector<int> slot = match(graph, uses);
    std::vector<bool> inside(graph.nodes.size(), false);
    for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
        if (slot[i] >= 0) inside[graph.nodes[i].in[slot[i]].node] = true;
    }
    Growing growing(problem);
    std::vector<std::uint32_t> place(graph.nodes.size());
    std::iota(place.begin(), place.end(), 0U);
    for (std::size_t i = problem.rows; i < graph.nodes.size(); ++i) {
        if (uses[i] == 0 || inside[i]) continue;
        const Node& node = graph.nodes[i];
        std::vector<Term> terms(node.in, node.in + node.operands);
        if (slot[i] >= 0) terms = merged(graph, i, slot[i]);
        for (Term& term : terms)
            term.node = place[term.node];
        place[i] = growing.add(terms);
    }
    growing.graph.outputs = graph.outputs;
    for (Output& output : growing.graph.outputs)
        output.term.node = place[output.term.node];
    prove(growing.graph, problem);
    return growing.graph;
}

void count_graph(Json& row, const Problem& problem) {
    const AdderGraph all = read_graph(row.at("graph"), problem);
    const std::vector<int> uses = count_uses(all);
    AdderGraph live = all; // what reaches no output costs nothing
    for (std::size_t i = problem.rows; i < live.nodes.size(); ++i) {
        if (uses[i] == 0) live.nodes[i].kind = Node::Kind::constant;
    }
    const Cost binary = cost(live);
    row["adders_live"] = binary.adders;
    row["depth"] = binary.depth;
    row["lut_bits_binary"] = binary.lut_bits;
    row["lut_bits_ternary_fused"] = cost(fuse(all, problem)).lut_bits;
}

} // namespace bitgrain::cmvm::bench
