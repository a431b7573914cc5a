#include "cmvm/solve.hpp"

#include "cmvm/build_graph.hpp"
#include "cmvm/effort.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/tables.hpp"

namespace bitgrain::cmvm {

int min_depth(const Problem& problem, int operands) {
    return prepare(problem, operands).least_depth;
}

AdderGraph solve(const Problem& problem, const Options& options) {
    if (options.tables) return solve_with_tables(problem, options);
    const Prepared prepared = prepare(problem, options.operands);
    const std::optional<int> limit = depth_limit(prepared, options);
    return build_graph(find_system(prepared, limit, options), prepared, problem.rows, more_trees(options.effort));
}

} // namespace bitgrain::cmvm
