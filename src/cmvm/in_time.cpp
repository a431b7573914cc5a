#include "cmvm/in_time.hpp"

#include "base/error.hpp"
#include "cmvm/build_graph.hpp"
#include "cmvm/effort.hpp"
#include "cmvm/make_system.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/tables.hpp"

#include <algorithm>
#include <string>

namespace bitgrain::cmvm {

namespace {

constexpr int most_rounds = 16;
constexpr double rounding = 1e-9;

/// Every output alone, as flat as can be.
AdderGraph fastest_graph(const Problem& problem, const Options& options) {
    Prepared prepared = prepare(problem, options.operands);
    prepared.deepest = prepared.least_depth;
    for (Column& column : prepared.columns) {
        column.limit = column.least_depth;
        column.alone = true;
    }
    return build_graph(make_system(prepared, options, nullptr), prepared, problem.rows, {});
}

double latest(const std::vector<double>& delays) {
    return delays.empty() ? 0.0 : *std::max_element(delays.begin(), delays.end());
}

} // namespace

double least_delay(const Problem& problem, const Options& options) {
    return latest(output_delays(fastest_graph(problem, options), options.delay));
}

AdderGraph solve_in_time(const Problem& problem, const Options& asked) {
    AdderGraph fastest = fastest_graph(problem, asked);
    const double least = latest(output_delays(fastest, asked.delay));
    if (!(*asked.delay_slack >= 0)) {
        throw Error("a delay of " + std::to_string(least + *asked.delay_slack) + " is impossible", "delay_slack",
                    "the least known is " + std::to_string(least) + " (delay_slack 0)");
    }
    const double limit = least + *asked.delay_slack + rounding;
    Options options = asked;
    options.delay_slack.reset();
    Prepared prepared = prepare(problem, options.operands);
    set_limits(prepared, problem, options);
    if (!prepared.deepest) { // more levels than this are late for certain
        prepared.deepest = std::max(prepared.least_depth, static_cast<int>(limit / options.delay.adder));
        for (Column& column : prepared.columns)
            column.limit = *prepared.deepest;
    }
    bool tables = options.tables;
    for (int round = 0; round < most_rounds; ++round) {
        AdderGraph graph;
        if (tables) {
            Problem limited = problem;
            limited.limits = output_limits(prepared);
            Options with_limits = options;
            with_limits.slack.reset();
            graph = solve_with_tables(limited, with_limits);
        } else {
            graph = build_graph(find_system(prepared, options), prepared, problem.rows, tree_effort(options.effort));
        }
        const std::vector<double> delays = output_delays(graph, options.delay);
        if (latest(delays) <= limit) return graph;
        for (std::size_t j = 0; j < delays.size(); ++j) {
            if (delays[j] <= limit) continue;
            Column& column = prepared.columns[prepared.outputs[j].column];
            if (column.limit > column.least_depth) {
                --column.limit;
            } else {
                tables = false; // a column alone has none
                column.alone = true;
            }
        }
    }
    return fastest;
}

} // namespace bitgrain::cmvm
