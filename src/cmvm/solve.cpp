#include "cmvm/solve.hpp"

#include "cmvm/build_graph.hpp"
#include "cmvm/greedy.hpp"
#include "cmvm/prepare.hpp"

namespace bitgrain::cmvm {

int min_depth(const Problem& problem, int operands) {
    return prepare(problem, operands).least_depth;
}

AdderGraph solve(const Problem& problem, const Options& options) {
    const Prepared prepared = prepare(problem, options.operands);
    const std::optional<int> limit = depth_limit(prepared, options);
    const DepthRule rule(options.operands, limit);
    System system = make_system(prepared, rule, limit);
    system.watch(0.0, options.seed);
    GreedyOptions greedy;
    greedy.candidates = options.effort == Effort::fast ? 1 : 8;
    share_patterns(system, greedy);
    return build_graph(system, prepared, problem.rows);
}

} // namespace bitgrain::cmvm
