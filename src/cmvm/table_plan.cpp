#include "cmvm/table_plan.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <utility>

namespace bitgrain::cmvm {

namespace {

/// Growth of an adder of two digits of a narrow input beyond the input's width, on average.
constexpr double adder_growth = 1.5;
/// Result bits that a table is charged besides its own: what is left of a sum shares less. Measured.
constexpr int table_bits_besides = 1;

class Planner {
  public:
    Planner(const Problem& problem, const TableRule& rule) : problem_(problem), rule_(rule) {
        digits_.reserve(problem.matrix.size());
        for (const std::int64_t weight : problem.matrix)
            digits_.push_back(fx::signed_digit_count(weight));
        for (const fx::Interval& in : problem.inputs) {
            widths_.push_back(in.width());
            ranges_.push_back(range_of(in));
        }
    }

    std::vector<TableGroup> run() {
        for (std::uint32_t i = 0; i < problem_.rows; ++i) {
            if (!problem_.inputs[i].is_constant() && widths_[i] <= rule_.most_bits) groups_.push_back(group_of({i}));
        }
        merge_all();
        std::vector<TableGroup> paying;
        for (TableGroup& group : groups_) {
            if (!group.tables.empty()) paying.push_back(std::move(group));
        }
        return paying;
    }

  private:
    int arrival(std::uint32_t input) const { return problem_.arrival.empty() ? 0 : problem_.arrival[input]; }

    int bits(const std::vector<std::uint32_t>& inputs) const {
        int sum = 0;
        for (const std::uint32_t input : inputs)
            sum += widths_[input];
        return sum;
    }

    /// Estimated bits of the adders that a table replaces; `width`: of its digits together.
    double saved(int digits, int width) const {
        return rule_.share * rule_.costs.adder_bit * (digits - 1) *
               (static_cast<double>(width) / digits + adder_growth);
    }
    double price_of_bit(const std::vector<std::uint32_t>& inputs) const {
        return bits(inputs) < rule_.costs.table_inputs ? rule_.costs.table_pair / 2.0 : rule_.costs.table_bit;
    }

    /// Gain of group_of(inputs), without its tables.
    double gain_of(const std::vector<std::uint32_t>& inputs) {
        found_.clear();
        for (std::size_t j = 0; j < problem_.columns; ++j) {
            Found f{0, j, 0, 0};
            std::uint64_t all = 0;
            for (const std::uint32_t input : inputs) {
                const std::size_t at = input * problem_.columns + j;
                f.digits += digits_[at];
                f.width += digits_[at] * widths_[input];
                all |= static_cast<std::uint64_t>(problem_.matrix[at]);
            }
            if (f.digits < rule_.least_digits) continue;
            const int shift = std::countr_zero(all);
            bool negate = false;
            for (const std::uint32_t input : inputs) { // hash_of(the normalised form), or nearly
                const std::int64_t factor = problem_.matrix[input * problem_.columns + j] >> shift;
                negate = f.hash == 0 ? factor < 0 : negate;
                f.hash = (f.hash ^ static_cast<std::uint64_t>(negate ? -factor : factor)) * 0x9e3779b97f4a7c15ULL;
            }
            found_.push_back(f);
        }
        std::sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.hash < b.hash; });
        const double price = price_of_bit(inputs);
        double gain = 0;
        for (std::size_t k = 0; k < found_.size(); ++k) {
            const Found& f = found_[k];
            if (k > 0 && found_[k - 1].hash == f.hash) continue;
            gain += std::max(0.0, saved(f.digits, f.width) - price * charged_bits(inputs, f.column));
        }
        return gain;
    }

    /// Bits that the table of a column is charged: in the wider of its two senses.
    int charged_bits(const std::vector<std::uint32_t>& inputs, std::size_t column) const {
        std::optional<Range> all;
        for (const std::uint32_t input : inputs) {
            const std::int64_t factor = problem_.matrix[input * problem_.columns + column];
            if (factor == 0) continue;
            const double f = static_cast<double>(factor);
            Range part{f * ranges_[input].lo, f * ranges_[input].hi, ranges_[input].lsb + trailing_zeros(factor)};
            if (f < 0) std::swap(part.lo, part.hi);
            all = all ? sum(*all, part) : part;
        }
        return std::max(top(*all), top(negated(*all))) - all->lsb + table_bits_besides;
    }

    /// The inputs rise.
    TableGroup group_of(std::vector<std::uint32_t> inputs) const {
        TableGroup group;
        group.inputs = std::move(inputs);
        struct Sum {
            PlannedTable table;
            double saved = 0;
        };
        const auto less = [](const Coefficient& a, const Coefficient& b) {
            return a.source != b.source ? a.source < b.source : a.factor < b.factor;
        };
        std::vector<Sum> found;
        for (std::size_t j = 0; j < problem_.columns; ++j) {
            Sum f;
            int digits = 0, width = 0;
            for (const std::uint32_t input : group.inputs) {
                const std::size_t at = input * problem_.columns + j;
                if (digits_[at] == 0) continue;
                f.table.form.push_back({input, problem_.matrix[at]});
                digits += digits_[at];
                width += digits_[at] * widths_[input];
            }
            if (digits < rule_.least_digits) continue;
            f.table.uses.push_back({j, normalise(f.table.form)});
            f.saved = saved(digits, width);
            found.push_back(std::move(f));
        }
        std::stable_sort(found.begin(), found.end(), [&](const Sum& a, const Sum& b) {
            return std::lexicographical_compare(a.table.form.begin(), a.table.form.end(), b.table.form.begin(),
                                                b.table.form.end(), less);
        });
        const double price = price_of_bit(group.inputs);
        for (std::size_t k = 0; k < found.size();) {
            PlannedTable table = std::move(found[k].table);
            const double saved_once = found[k].saved; // equal sums would be shared as adders too: they count once
            for (++k; k < found.size() && found[k].table.form == table.form; ++k)
                table.uses.push_back(found[k].table.uses.front());
            const double gain = saved_once - price * charged_bits(group.inputs, table.uses.front().column);
            if (gain <= 0) continue;
            group.gain += gain;
            group.tables.push_back(std::move(table));
        }
        return group;
    }

    std::vector<std::uint32_t> joined(std::size_t a, std::size_t b) const {
        std::vector<std::uint32_t> inputs = groups_[a].inputs;
        inputs.insert(inputs.end(), groups_[b].inputs.begin(), groups_[b].inputs.end());
        std::sort(inputs.begin(), inputs.end());
        return inputs;
    }

    /// Joins the pair that gains most until none gains.
    void merge_all() {
        struct Pair {
            std::size_t a, b;
            double gain;
        };
        std::vector<Pair> pairs;
        std::vector<bool> gone(groups_.size(), false);
        const auto consider = [&](std::size_t a, std::size_t b) {
            if (arrival(groups_[a].inputs[0]) != arrival(groups_[b].inputs[0])) return;
            if (bits(groups_[a].inputs) + bits(groups_[b].inputs) > rule_.most_bits) return;
            const double gain = gain_of(joined(a, b)) - groups_[a].gain - groups_[b].gain;
            if (gain > 0) pairs.push_back({a, b, gain});
        };
        for (std::size_t a = 0; a < groups_.size(); ++a) {
            for (std::size_t b = a + 1; b < groups_.size(); ++b)
                consider(a, b);
        }
        while (!pairs.empty()) {
            const auto [a, b, gain] = *std::max_element(pairs.begin(), pairs.end(), [](const Pair& x, const Pair& y) {
                return x.gain != y.gain ? x.gain < y.gain : std::pair(x.a, x.b) > std::pair(y.a, y.b);
            });
            groups_.push_back(group_of(joined(a, b)));
            gone.push_back(false);
            gone[a] = gone[b] = true;
            std::erase_if(pairs, [&](const Pair& pair) { return gone[pair.a] || gone[pair.b]; });
            for (std::size_t k = 0; k + 1 < groups_.size(); ++k) {
                if (!gone[k]) consider(k, groups_.size() - 1);
            }
        }
        std::vector<TableGroup> left;
        for (std::size_t k = 0; k < groups_.size(); ++k) {
            if (!gone[k]) left.push_back(std::move(groups_[k]));
        }
        groups_ = std::move(left);
    }

    const Problem& problem_;
    TableRule rule_;
    std::vector<int> digits_;   ///< signed digits of each weight
    std::vector<int> widths_;   ///< of each input
    std::vector<Range> ranges_; ///< of each input
    /// A sum of the inputs of a group.
    struct Found {
        std::uint64_t hash; ///< equal for equal sums up to sign and a power of two
        std::size_t column;
        int digits, width; ///< of all digits together
    };
    std::vector<Found> found_; ///< of gain_of()
    std::vector<TableGroup> groups_;
};

} // namespace

std::vector<TableGroup> plan_tables(const Problem& problem, const TableRule& rule) {
    return Planner(problem, rule).run();
}

} // namespace bitgrain::cmvm
