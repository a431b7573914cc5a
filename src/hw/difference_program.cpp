// The primal-dual method (Ford, Fulkerson 1962) with blocking flows (Dinic 1970). Every x starts as low as it can be.
// An x of negative cost wants to rise: that is a supply; one of positive cost is a demand of as much. Who rises takes
// along whom the tight constraints hold to it, so supply flows along these, forwards without a bound. What meets a
// demand is in balance. All that supply without a demand still reaches rises together until another constraint is
// tight. There are no more such steps than the range of the x, a pipeline's depth: networks of 100,000 adders take a
// fraction of a second where a network simplex takes 20 seconds.
#include "hw/difference_program.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <deque>
#include <limits>

namespace bitgrain::hw {

namespace {

constexpr int unseen = -1, exhausted = -2;

class DifferenceProgram {
  public:
    DifferenceProgram(const std::vector<std::int64_t>& cost, const std::vector<Difference>& differences)
        : differences_(differences), size_(cost.size()), first_(size_ + 1, 0), arcs_(2 * differences.size()),
          x_(size_, lowest), flow_(differences.size(), 0), supply_(size_), level_(size_), next_(size_) {
        for (const Difference& d : differences) {
            ++first_[d.from + 1];
            ++first_[d.to + 1];
        }
        for (std::size_t i = 0; i < size_; ++i)
            first_[i + 1] += first_[i];
        std::vector<std::size_t> place = first_;
        for (std::size_t k = 0; k < differences.size(); ++k) {
            arcs_[place[differences[k].from]++] = {k, differences[k].to, true};
            arcs_[place[differences[k].to]++] = {k, differences[k].from, false};
        }
        for (std::size_t i = 0; i < size_; ++i)
            supply_[i] = -cost[i];
    }

    std::vector<int> run() {
        start_low();
        do {
            while (find_levels())
                block();
        } while (rise());
        return x_;
    }

  private:
    static constexpr int lowest = std::numeric_limits<int>::min() / 4;

    struct Arc {
        std::size_t difference;
        std::uint32_t head;
        bool forward;
    };

    /// Variable 0 stays where it is: it takes whatever reaches it.
    bool demands(std::uint32_t i) const { return i == 0 || supply_[i] < 0; }
    bool supplies(std::uint32_t i) const { return i != 0 && supply_[i] > 0; }
    int slack(const Difference& d) const { return x_[d.to] - x_[d.from] - d.least; }
    bool open(const Arc& arc) const {
        return arc.forward ? slack(differences_[arc.difference]) == 0 : flow_[arc.difference] > 0;
    }
    std::uint32_t tail(const Arc& arc) const {
        const Difference& d = differences_[arc.difference];
        return arc.forward ? d.from : d.to;
    }

    void start_low() {
        std::deque<std::uint32_t> waiting{0};
        std::vector<char> waits(size_, 0);
        std::vector<std::size_t> raised(size_, 0);
        x_[0] = 0;
        while (!waiting.empty()) {
            const std::uint32_t i = waiting.front();
            waiting.pop_front();
            waits[i] = 0;
            for (std::size_t a = first_[i]; a < first_[i + 1]; ++a) {
                if (!arcs_[a].forward) continue;
                const Difference& d = differences_[arcs_[a].difference];
                if (slack(d) >= 0) continue;
                x_[d.to] = x_[d.from] + d.least;
                if (waits[d.to] != 0) continue;
                CHECK(++raised[d.to] <= size_ && d.to != 0, "contradicting differences");
                waits[d.to] = 1;
                waiting.push_back(d.to);
            }
        }
        CHECK(std::find(x_.begin(), x_.end(), lowest) == x_.end(), "a variable without a lower bound");
    }

    /// What supply reaches, breadth first, up to the first level with a demand; false when there is none.
    bool find_levels() {
        std::fill(level_.begin(), level_.end(), unseen);
        reached_.clear();
        const auto reach = [this](std::uint32_t i, int level) {
            level_[i] = level;
            reached_.push_back(i);
        };
        for (std::uint32_t i = 0; i < size_; ++i) {
            if (supplies(i)) reach(i, 0);
        }
        int last = std::numeric_limits<int>::max();
        for (std::size_t k = 0; k < reached_.size() && level_[reached_[k]] < last; ++k) {
            const std::uint32_t i = reached_[k];
            for (std::size_t a = first_[i]; a < first_[i + 1]; ++a) {
                const std::uint32_t head = arcs_[a].head;
                if (level_[head] != unseen || !open(arcs_[a])) continue;
                reach(head, level_[i] + 1);
                if (demands(head)) last = level_[head];
            }
        }
        return last != std::numeric_limits<int>::max();
    }

    /// Moves supply to demands until no path along rising levels is left.
    void block() {
        std::copy(first_.begin(), first_.end() - 1, next_.begin());
        for (const std::uint32_t source : reached_) {
            if (level_[source] != 0 && level_[source] != exhausted) break;
            while (supplies(source) && find_path(source))
                send(source);
        }
    }

    bool find_path(std::uint32_t source) {
        path_.clear();
        std::uint32_t at = source;
        while (!demands(at)) {
            std::size_t& next = next_[at];
            while (next < first_[at + 1] && !(level_[arcs_[next].head] == level_[at] + 1 && open(arcs_[next])))
                ++next;
            if (next < first_[at + 1]) {
                path_.push_back(next);
                at = arcs_[next].head;
                continue;
            }
            level_[at] = exhausted;
            if (path_.empty()) return false;
            at = tail(arcs_[path_.back()]);
            path_.pop_back();
        }
        return true;
    }

    void send(std::uint32_t source) {
        const std::uint32_t sink = arcs_[path_.back()].head;
        std::int64_t amount = supply_[source];
        if (sink != 0) amount = std::min(amount, -supply_[sink]);
        for (const std::size_t a : path_) {
            if (!arcs_[a].forward) amount = std::min(amount, flow_[arcs_[a].difference]);
        }
        for (const std::size_t a : path_)
            flow_[arcs_[a].difference] += arcs_[a].forward ? amount : -amount;
        supply_[source] -= amount;
        supply_[sink] += amount;
    }

    /// False when there is no supply left: the optimum.
    bool rise() {
        if (reached_.empty()) return false;
        int most = std::numeric_limits<int>::max();
        for (const std::uint32_t i : reached_) {
            for (std::size_t a = first_[i]; a < first_[i + 1]; ++a) {
                if (!arcs_[a].forward || level_[arcs_[a].head] != unseen) continue;
                most = std::min(most, slack(differences_[arcs_[a].difference]));
            }
        }
        CHECK(most != std::numeric_limits<int>::max(), "the cost has no lower bound");
        for (const std::uint32_t i : reached_)
            x_[i] += most;
        return true;
    }

    const std::vector<Difference>& differences_;
    std::size_t size_;
    std::vector<std::size_t> first_; ///< per variable, its first arc
    std::vector<Arc> arcs_;          ///< each difference twice, seen from both sides
    std::vector<int> x_;
    std::vector<std::int64_t> flow_;   ///< per difference; only tight ones have any
    std::vector<std::int64_t> supply_; ///< not yet sent, or demand not yet met where it is negative
    std::vector<int> level_;
    std::vector<std::size_t> next_; ///< per variable, the first arc that may still be on a path
    std::vector<std::uint32_t> reached_;
    std::vector<std::size_t> path_; ///< arcs
};

} // namespace

std::vector<int> minimize(const std::vector<std::int64_t>& cost, const std::vector<Difference>& differences) {
    return DifferenceProgram(cost, differences).run();
}

} // namespace bitgrain::hw
