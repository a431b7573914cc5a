#include "cmvm/table_plan.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>
#include <map>

namespace bitgrain::cmvm {

namespace {

/// Growth of an adder of two digits of a narrow input beyond the input's width, on average.
constexpr double adder_growth = 1.5;

class Planner {
  public:
    Planner(const Problem& problem, const TableRule& rule) : problem_(problem), rule_(rule) {
        digits_.reserve(problem.matrix.size());
        for (const std::int64_t weight : problem.matrix)
            digits_.push_back(static_cast<int>(fx::signed_digits(weight).size()));
    }

    std::vector<TableGroup> run() {
        for (std::uint32_t i = 0; i < problem_.rows; ++i) {
            const fx::Interval& in = problem_.inputs[i];
            if (!in.is_constant() && in.width() <= rule_.most_bits) groups_.push_back(group_of({i}));
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

    int bits(const TableGroup& group) const {
        int sum = 0;
        for (const std::uint32_t input : group.inputs)
            sum += problem_.inputs[input].width();
        return sum;
    }

    TableGroup group_of(std::vector<std::uint32_t> inputs) const {
        TableGroup group;
        std::sort(inputs.begin(), inputs.end());
        group.inputs = std::move(inputs);
        const bool halved = bits(group) < rule_.costs.table_inputs;
        struct Found {
            PlannedTable table;
            double saved = 0;
        };
        const auto less = [](const Coefficient& a, const Coefficient& b) {
            return a.source != b.source ? a.source < b.source : a.factor < b.factor;
        };
        std::vector<Found> found;
        for (std::size_t j = 0; j < problem_.columns; ++j) {
            Found f;
            int digits = 0;
            double width = 0;
            for (const std::uint32_t input : group.inputs) {
                const std::size_t at = input * problem_.columns + j;
                if (digits_[at] == 0) continue;
                f.table.form.push_back({input, problem_.matrix[at]});
                digits += digits_[at];
                width += digits_[at] * problem_.inputs[input].width();
            }
            if (digits < rule_.least_digits) continue;
            f.table.uses.push_back({j, normalise(f.table.form)});
            f.saved = rule_.share * rule_.costs.adder_bit * (digits - 1) * (width / digits + adder_growth);
            found.push_back(std::move(f));
        }
        std::stable_sort(found.begin(), found.end(), [&](const Found& a, const Found& b) {
            return std::lexicographical_compare(a.table.form.begin(), a.table.form.end(), b.table.form.begin(),
                                                b.table.form.end(), less);
        });
        for (std::size_t k = 0; k < found.size();) {
            PlannedTable table = std::move(found[k].table);
            const double saved = found[k].saved; // equal sums would be shared as adders too: they count once
            for (++k; k < found.size() && found[k].table.form == table.form; ++k)
                table.uses.push_back(found[k].table.uses.front());
            const double width = interval_of(table.form, problem_.inputs).width();
            const double gain = saved - width * (halved ? rule_.costs.table_pair / 2.0 : rule_.costs.table_bit);
            if (gain <= 0) continue;
            group.gain += gain;
            group.tables.push_back(std::move(table));
        }
        return group;
    }

    std::vector<std::uint32_t> joined(std::size_t a, std::size_t b) const {
        std::vector<std::uint32_t> inputs = groups_[a].inputs;
        inputs.insert(inputs.end(), groups_[b].inputs.begin(), groups_[b].inputs.end());
        return inputs;
    }

    /// Joins the pair that gains most until none gains.
    void merge_all() {
        std::map<std::pair<std::size_t, std::size_t>, double> gains;
        std::vector<bool> gone(groups_.size(), false);
        const auto consider = [&](std::size_t a, std::size_t b) {
            if (arrival(groups_[a].inputs[0]) != arrival(groups_[b].inputs[0])) return;
            if (bits(groups_[a]) + bits(groups_[b]) > rule_.most_bits) return;
            const double gain = group_of(joined(a, b)).gain - groups_[a].gain - groups_[b].gain;
            if (gain > 0) gains[{a, b}] = gain;
        };
        for (std::size_t a = 0; a < groups_.size(); ++a) {
            for (std::size_t b = a + 1; b < groups_.size(); ++b)
                consider(a, b);
        }
        while (!gains.empty()) {
            const auto best = std::max_element(gains.begin(), gains.end(),
                                               [](const auto& x, const auto& y) { return x.second < y.second; });
            const auto [a, b] = best->first;
            groups_.push_back(group_of(joined(a, b)));
            gone.push_back(false);
            gone[a] = gone[b] = true;
            std::erase_if(gains, [&](const auto& item) { return gone[item.first.first] || gone[item.first.second]; });
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
    std::vector<int> digits_; ///< signed digits of each weight
    std::vector<TableGroup> groups_;
};

} // namespace

std::vector<TableGroup> plan_tables(const Problem& problem, const TableRule& rule) {
    return Planner(problem, rule).run();
}

} // namespace bitgrain::cmvm
