#include "cmvm/solve.hpp"

#include "cmvm/build_graph.hpp"
#include "cmvm/effort.hpp"
#include "cmvm/in_time.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/tables.hpp"

namespace bitgrain::cmvm {

int min_depth(const Problem& problem, int operands) {
    return prepare(problem, operands).least_depth;
}

AdderGraph solve(const Problem& problem, const Options& options) {
    if (options.delay_slack) return solve_in_time(problem, options);
    if (options.tables) return solve_with_tables(problem, options);
    Prepared prepared = prepare(problem, options.operands);
    set_limits(prepared, problem, options);
    return build_graph(find_system(prepared, options), prepared, problem.rows, tree_effort(options.effort));
}

} // namespace bitgrain::cmvm
