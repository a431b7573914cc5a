// Registers that hold the same value, so that none of them has more loads than Schedule::most_loads says. Each rank of
// such a value has as many as its readers and the registers of the next rank need.
#pragma once

#include "hw/schedule.hpp"

#include <map>
#include <utility>
#include <vector>

namespace bitgrain::hw {

class Duplicates {
  public:
    Duplicates(const Schedule& schedule, const ir::Netlist& netlist);

    /// Registers of a value in one of its ranks (1: the first).
    int count(ir::NodeId node, int rank) const;
    /// Which of them a reader reads in whatever rank it reads: a node, or netlist.nodes.size() + j for output j.
    int read_by(ir::NodeId node, std::uint32_t reader) const;
    /// Which register of the rank before feeds one of them.
    int fed_by(ir::NodeId node, int rank, int index) const;

    using Rank = std::pair<ir::NodeId, int>;
    /// The ranks with more than one register, with their number.
    const std::map<Rank, int>& ranks() const { return ranks_; }

  private:
    std::map<Rank, int> ranks_;
    std::map<std::pair<ir::NodeId, std::uint32_t>, int> read_by_;
    std::map<std::pair<Rank, int>, int> fed_by_; ///< where it is not the first
};

} // namespace bitgrain::hw
