// Linear programs over difference constraints: minimise sum of cost[i] * x[i] subject to x[to] - x[from] >= least, all
// x integer. The optimum of such a program is integral, and its dual is a minimum-cost flow whose potentials are the
// x (Leiserson, Saxe, "Retiming synchronous circuitry", 1991, section 8).
#pragma once

#include <cstdint>
#include <vector>

namespace bitgrain::hw {

/// x[to] - x[from] >= least
struct Difference {
    std::uint32_t from = 0;
    std::uint32_t to = 0;
    int least = 0;
};

/// The x of least cost, with x[0] = 0; of several the one that is the smallest in every element. The constraints must
/// be satisfiable, bound every x from below, and bound the cost from below; else InternalError.
std::vector<int> minimize(const std::vector<std::int64_t>& cost, const std::vector<Difference>& differences);

} // namespace bitgrain::hw
