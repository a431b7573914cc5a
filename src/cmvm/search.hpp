// Local search on a solved system: tear out a few related signals, flip a few digits, share again with scores blurred,
// and keep what is not worse, or, while the temperature lasts, not much worse. Large-neighbourhood search (Shaw 1998)
// with pair sharing as the repair. Effort is counted in pair updates, so a budget means the same on every machine.
#pragma once

#include "base/random.hpp"
#include "cmvm/sum_tree.hpp"
#include "cmvm/system.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace bitgrain::cmvm {

class Search {
  public:
    Search(System& system, std::uint64_t seed);

    /// Carry-chain bits of all sums as the search sees them.
    std::int64_t bits() const { return bits_; }

    /// Tries until `work` pair updates are spent or stop() says so. `temperature`: bits by which a try may make things
    /// worse at first, on average; it falls to nothing as the work is spent.
    void anneal(std::int64_t work, double temperature, const std::function<bool()>& stop);

  private:
    std::uint64_t hash_of_terms(const Signal& row) const;
    std::int64_t row_bits(std::uint32_t row);
    void disturb();
    void write_out(std::uint32_t id);
    std::uint32_t pick(const std::vector<std::uint32_t>& ids);
    void tear_out(std::uint32_t row, std::int64_t count);
    std::optional<std::uint32_t> random_row();
    void flip_digits(std::uint32_t row);
    void keep_or_take_back(double allowed);

    System& system_;
    Random random_;
    TreePlanner planner_;
    std::vector<std::int64_t> row_bits_; ///< per signal, 0 when it is no sum
    std::int64_t bits_ = 0;
    std::vector<TreeLeaf> leaves_;
    /// Sums planned lately, by their terms: three tries of four end where they began.
    struct Planned {
        std::uint64_t key = 0;
        std::int64_t bits = 0;
    };
    std::vector<Planned> planned_;
    std::vector<std::uint32_t> touched_;
    std::vector<std::int64_t> new_bits_;
};

} // namespace bitgrain::cmvm
