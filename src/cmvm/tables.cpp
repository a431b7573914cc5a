#include "cmvm/tables.hpp"

#include "cmvm/effort.hpp"
#include "cmvm/linear_form.hpp"
#include "cmvm/parallel.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/table_plan.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::cmvm {

namespace {

/// The problem that is left when tables are inputs: the first rows are those of the original, a row per table follows.
struct Reduced {
    Problem problem;
    std::vector<LinearForm> tables;
};

Reduced reduce(const Problem& problem, const std::vector<TableGroup>& groups) {
    Reduced reduced;
    Problem& p = reduced.problem = problem;
    if (p.arrival.empty()) p.arrival.assign(p.rows, 0);
    for (const TableGroup& group : groups) {
        for (const PlannedTable& table : group.tables) {
            std::vector<std::int64_t> row(p.columns, 0);
            for (const PlannedTable::Use& use : table.uses) {
                const std::int64_t factor = fx::shift_left(1, use.factor.shift);
                row[use.column] = use.factor.negate ? -factor : factor;
                for (const std::uint32_t input : group.inputs)
                    p.matrix[input * p.columns + use.column] = 0;
            }
            p.matrix.insert(p.matrix.end(), row.begin(), row.end());
            p.inputs.push_back(interval_of(table.form, problem.inputs));
            p.arrival.push_back(p.arrival[group.inputs[0]] + 1);
            reduced.tables.push_back(table.form);
        }
    }
    p.rows = p.inputs.size();
    return reduced;
}

Table fill(const LinearForm& form, const Problem& problem, int fraction) {
    Table table;
    table.entries = {0};
    for (const Coefficient& c : form) {
        const fx::Interval& in = problem.inputs[c.source];
        std::vector<std::int64_t> entries;
        for (std::int64_t code = in.lo; code <= in.hi; ++code) {
            const std::int64_t part = fx::to_fraction(c.factor * code, in.fraction, fraction);
            for (const std::int64_t entry : table.entries)
                entries.push_back(entry + part);
        }
        table.entries = std::move(entries);
        table.inputs.push_back(c.source);
    }
    return table;
}

/// Puts the tables where the reduced problem has inputs. Intervals and depths are found again: tables of the same
/// inputs are not independent, as the search took them to be.
std::optional<AdderGraph> expand(const AdderGraph& graph, const Reduced& reduced, const Problem& problem) {
    AdderGraph result = graph;
    std::vector<fx::Interval> sources = problem.inputs;
    std::vector<LinearForm> forms;
    for (std::size_t i = 0; i < result.nodes.size(); ++i) {
        Node& node = result.nodes[i];
        LinearForm form;
        switch (node.kind) {
        case Node::Kind::input:
            if (i < problem.rows) {
                form = {{static_cast<std::uint32_t>(i), 1}};
                break;
            }
            form = reduced.tables[i - problem.rows];
            node.kind = Node::Kind::table;
            node.input = static_cast<std::uint32_t>(result.tables.size());
            result.tables.push_back(fill(form, problem, node.interval.fraction));
            break;
        case Node::Kind::table: // the reduced problem was solved without
            return std::nullopt;
        case Node::Kind::constant:
            form = {{static_cast<std::uint32_t>(sources.size()), 1}};
            sources.push_back(node.interval);
            break;
        case Node::Kind::add:
            node.depth = 0;
            for (int k = 0; k < node.operands; ++k) {
                const Term& term = node.in[k];
                form = combine(form, 0, false, forms[term.node], term.shift, term.negate);
                node.depth = std::max(node.depth, result.nodes[term.node].depth);
            }
            if (form.empty()) return std::nullopt; // tables that cancel; no column is worth that
            node.interval = interval_of(form, sources);
            if (lut_bits(result, node) > 0) ++node.depth;
            break;
        }
        forms.push_back(std::move(form));
    }
    return result;
}

/// A plan that a quick pass makes so much larger than the best without tables comes out larger with more effort too: at
/// most 1.04 times was seen.
constexpr double most_gained = 1.06;

bool better(const Cost& a, const Cost& b) {
    return a.lut_bits != b.lut_bits ? a.lut_bits < b.lut_bits : a.depth < b.depth;
}

/// None when the plan does not fit the limits, which are those of the reduced problem.
std::optional<AdderGraph> solve_reduced(const Problem& problem, const Reduced& reduced, Options options) {
    const std::vector<int>& limits = reduced.problem.limits;
    if (!can_meet_limits(reduced.problem, options.operands)) return std::nullopt;
    options.slack.reset();
    std::optional<AdderGraph> graph = expand(solve(reduced.problem, options), reduced, problem);
    for (std::size_t j = 0; graph && j < limits.size(); ++j) {
        const Output& output = graph->outputs[j];
        if (!output.zero && graph->nodes[output.term.node].depth > limits[j]) graph.reset();
    }
    return graph;
}

} // namespace

AdderGraph solve_with_tables(const Problem& problem, const Options& asked) {
    Options options = asked;
    options.tables = false;
    Prepared prepared = prepare(problem, options.operands);
    set_limits(prepared, problem, options);
    const std::vector<int> limits = output_limits(prepared);

    // With a limit, a table in the place of fewer digits than an adder has operands could come too late.
    const int least_digits = prepared.deepest ? options.operands : 2;
    const int widest = std::min(options.costs.table_inputs, most_table_bits);
    std::vector<TableRule> rules;
    for (const int bits : {widest - 1, widest}) {
        for (const double share : {0.4, 0.8})
            rules.push_back({bits, share, least_digits, options.costs});
    }
    // Of a large matrix, where sums share much, the most careful plan is the best one nearly always.
    if (options.effort == Effort::fast && problem.matrix.size() >= small_matrix) rules.resize(1);
    Options quick = options;
    quick.effort = Effort::fast;
    std::vector<Reduced> plans(rules.size());
    run_parallel(rules.size(), [&](std::size_t k) {
        plans[k] = reduce(problem, plan_tables(problem, rules[k]));
        plans[k].problem.limits = limits;
    });
    // Rules often agree, and what has no tables is solved anyway.
    std::vector<Reduced> different;
    for (Reduced& plan : plans) {
        const bool known = std::any_of(different.begin(), different.end(), [&](const Reduced& d) {
            return d.tables == plan.tables && d.problem.matrix == plan.problem.matrix;
        });
        if (!plan.tables.empty() && !known) different.push_back(std::move(plan));
    }
    std::vector<std::optional<AdderGraph>> graphs(different.size());
    AdderGraph plain;
    const auto cost_of = [&](const AdderGraph& graph) { return cost(graph, options.costs); };
    // What has no tables takes longest. With a time for each it begins together with the best plan, below.
    const bool timed = options.effort == Effort::high && options.seconds;
    run_parallel(different.size() + 1, [&](std::size_t k) {
        if (k > 0) {
            graphs[k - 1] = solve_reduced(problem, different[k - 1], quick);
        } else if (!timed) {
            plain = solve(problem, options);
        }
    });
    std::optional<std::size_t> found;
    for (std::size_t k = 0; k < graphs.size(); ++k) {
        if (graphs[k] && (!found || better(cost_of(*graphs[k]), cost_of(*graphs[*found])))) found = k;
    }
    const auto promises = [&] {
        const auto bits = [&](const AdderGraph& graph) { return static_cast<double>(cost_of(graph).lut_bits); };
        return timed || (options.effort != Effort::fast && bits(*graphs[*found]) < most_gained * bits(plain));
    };
    std::optional<AdderGraph> tried;
    const bool again = found && promises();
    run_parallel(timed ? 2 : 1, [&](std::size_t k) {
        if (k == 0 && again) tried = solve_reduced(problem, different[*found], options);
        if (k == 1) plain = solve(problem, options);
    });
    AdderGraph* best = &plain;
    for (std::optional<AdderGraph>* other : {found ? &graphs[*found] : &tried, &tried}) {
        if (*other && better(cost_of(**other), cost_of(*best))) best = &**other;
    }
    return std::move(*best);
}

} // namespace bitgrain::cmvm
