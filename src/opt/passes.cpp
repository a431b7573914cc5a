#include "opt/passes.hpp"

#include "base/interrupt.hpp"
#include "opt/cost.hpp"

#include <array>
#include <utility>

namespace bitgrain::opt {

namespace {

constexpr int most_rounds = 4; ///< later rounds change next to nothing

bool same(const ir::Netlist& a, const ir::Netlist& b) {
    return a.nodes == b.nodes && a.casts == b.casts && a.tables == b.tables;
}

} // namespace

std::span<const Pass> pipeline() {
    static const std::array<Pass, 5> passes{{
        {"rebuild", "fold constants, share equal nodes, drop dead ones", rebuild},
        {"fold_rounding", "take the half of round-to-nearest into a constant that is added anyway", fold_rounding},
        {"narrow", "cut bits that no reader looks at before they are computed", narrow},
        {"fuse", "make one add of three operands of two adds, where the fabric has it", fuse, 3},
        {"orient", "turn subtractions round so that their results are not negated", orient},
    }};
    return passes;
}

ir::Netlist optimize(const ir::Netlist& netlist, const Options& options, std::vector<Stats>* stats) {
    ir::Netlist current = netlist;
    Cost current_cost = cost(current);
    for (int round = 0; round < most_rounds; ++round) {
        bool changed = false;
        for (const Pass& pass : pipeline()) {
            if (pass.operands > options.operands) continue;
            check_interrupt();
            ir::Netlist next = pass.run(current); // verified when it was finished
            const Cost next_cost = cost(next);
            const bool kept = next_cost <= current_cost;
            if (stats != nullptr) {
                stats->push_back(
                    {pass.name, current.nodes.size(), next.nodes.size(), current_cost.logic, next_cost.logic, kept});
            }
            if (!kept || same(current, next)) continue;
            current = std::move(next);
            current_cost = next_cost;
            changed = true;
        }
        if (!changed) break;
    }
    return current;
}

} // namespace bitgrain::opt
