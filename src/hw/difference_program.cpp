#include "hw/difference_program.hpp"

#include "base/error.hpp"

#include <lemon/network_simplex.h>
#include <lemon/smart_graph.h>

namespace bitgrain::hw {

std::vector<int> minimize(const std::vector<std::int64_t>& cost, const std::vector<Difference>& differences) {
    using Graph = lemon::SmartDigraph;
    Graph graph;
    graph.reserveNode(static_cast<int>(cost.size()));
    graph.reserveArc(static_cast<int>(differences.size()));
    for (std::size_t i = 0; i < cost.size(); ++i)
        graph.addNode();
    for (const Difference& d : differences)
        graph.addArc(graph.nodeFromId(static_cast<int>(d.from)), graph.nodeFromId(static_cast<int>(d.to)));
    // The dual: flow f >= 0 on the constraints, into minus out of i = cost[i], greatest sum of least * f.
    Graph::NodeMap<std::int64_t> supply(graph);
    for (std::size_t i = 0; i < cost.size(); ++i)
        supply[graph.nodeFromId(static_cast<int>(i))] = -cost[i];
    Graph::ArcMap<std::int64_t> price(graph);
    for (std::size_t k = 0; k < differences.size(); ++k)
        price[graph.arcFromId(static_cast<int>(k))] = -differences[k].least;
    lemon::NetworkSimplex<Graph, std::int64_t, std::int64_t> simplex(graph);
    const auto outcome = simplex.supplyMap(supply).costMap(price).run();
    CHECK(outcome == simplex.OPTIMAL, "a program of differences without an optimum");
    std::vector<int> x;
    const std::int64_t zero = simplex.potential(graph.nodeFromId(0));
    for (std::size_t i = 0; i < cost.size(); ++i)
        x.push_back(static_cast<int>(zero - simplex.potential(graph.nodeFromId(static_cast<int>(i)))));
    return x;
}

} // namespace bitgrain::hw
