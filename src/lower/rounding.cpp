#include "lower/rounding.hpp"

#include "fx/arithmetic.hpp"
#include "model/inference.hpp"

namespace bitgrain::lower {

namespace {

/// How the readers of an element take it. Grows from `nobody` over `rounded` to `exact`.
struct Demand {
    enum class Kind : std::uint8_t { nobody, rounded, exact };
    Kind kind = Kind::nobody;
    int fraction = 0; ///< of the rounding

    static Demand exactly() { return {Kind::exact, 0}; }
    static Demand rounded_at(int fraction) { return {Kind::rounded, fraction}; }

    void join(const Demand& other) {
        if (kind == Kind::nobody) {
            *this = other;
        } else if (other.kind != Kind::nobody && !(kind == other.kind && fraction == other.fraction)) {
            *this = exactly();
        }
    }
};

class Analysis {
  public:
    explicit Analysis(const model::Model& model) : model_(model), ranges_(model::intervals(model)) {
        for (const auto& value : ranges_) {
            demand_.emplace_back(value.size());
            stands_in_.emplace_back(value.size(), false);
        }
        folded_.resize(model.steps.size());
        for (std::size_t s = 0; s < model.steps.size(); ++s) {
            const auto* op = std::get_if<model::Cast>(&model.steps[s].op);
            if (op == nullptr) continue;
            for (std::size_t e = 0; e < op->casts.size(); ++e)
                folded_[s].push_back(rounds(operand(s)[e], op->casts[e]));
        }
    }

    Roundings run() {
        // Starts from the hope that every rounding folds. Taking one back makes its operand exact, which may take
        // others with it, so this repeats until all that are left hold; each round but the last takes one back.
        do {
            collect_demands();
            find_stand_ins();
        } while (take_back());
        Roundings result{{}, std::move(folded_)};
        result.half.resize(model_.steps.size());
        for (std::size_t s = 0; s < model_.steps.size(); ++s) {
            if (!std::holds_alternative<model::Affine>(model_.steps[s].op)) continue;
            const std::size_t v = value_of(s);
            for (std::size_t e = 0; e < ranges_[v].size(); ++e) {
                const Demand& demand = demand_[v][e];
                const bool fold = demand.kind == Demand::Kind::rounded && stands_in_[v][e] &&
                                  ranges_[v][e].fraction > demand.fraction;
                result.half[s].push_back(fold ? std::optional(demand.fraction) : std::nullopt);
            }
        }
        return result;
    }

  private:
    std::size_t value_of(std::size_t step) const { return model_.inputs.size() + step; }
    const std::vector<fx::Interval>& operand(std::size_t step) const { return ranges_[model_.steps[step].operands[0]]; }

    /// Rounding to nearest that loses bits and whose outcome is open.
    static bool rounds(const fx::Interval& x, const fx::Cast& cast) {
        return cast.round == fx::Round::rnd && !cast.format.is_zero() && cast.format.fraction < x.fraction &&
               !fx::cast(x, cast).is_constant();
    }

    void collect_demands() {
        for (auto& value : demand_)
            value.assign(value.size(), {});
        for (const model::Output& output : model_.outputs) {
            for (Demand& demand : demand_[output.value])
                demand.join(Demand::exactly());
        }
        for (std::size_t s = model_.steps.size(); s-- > 0;)
            ask_operands(s);
    }

    void ask_operands(std::size_t s) {
        const model::Step& step = model_.steps[s];
        const std::vector<Demand>& own = demand_[value_of(s)];
        std::vector<Demand>& x = demand_[step.operands[0]];
        if (const auto* cast = std::get_if<model::Cast>(&step.op)) {
            for (std::size_t e = 0; e < x.size(); ++e) {
                const fx::Format& format = cast->casts[e].format;
                if (format.is_zero()) continue; // reads nothing
                x[e].join(folded_[s][e] ? Demand::rounded_at(format.fraction) : Demand::exactly());
            }
        } else if (const auto* affine = std::get_if<model::Affine>(&step.op)) {
            for (std::size_t i = 0; i < affine->rows; ++i) {
                for (std::size_t j = 0; j < affine->columns; ++j) {
                    if (affine->weights[i * affine->columns + j] != 0.0) x[i].join(Demand::exactly());
                }
            }
        } else if (std::holds_alternative<model::Relu>(step.op)) {
            for (std::size_t e = 0; e < x.size(); ++e)
                x[e].join(own[e]);
        } else if (const auto* gather = std::get_if<model::Gather>(&step.op)) {
            for (std::size_t e = 0; e < own.size(); ++e) {
                if (const auto source = gathered(step, gather->index[e])) {
                    demand_[source->first][source->second].join(own[e]);
                }
            }
        } else if (const auto* reduce = std::get_if<model::Reduce>(&step.op); reduce != nullptr && passes(*reduce)) {
            for (std::size_t e = 0; e < x.size(); ++e)
                x[e].join(own[e / reduce->size]);
        } else { // sums, products and tables need the numbers themselves
            for (const std::size_t operand : step.operands) {
                for (Demand& demand : demand_[operand])
                    demand.join(Demand::exactly());
            }
        }
    }

    /// Value and element that entry `index` of a gather reads; none: the constant zero.
    std::optional<std::pair<std::size_t, std::size_t>> gathered(const model::Step& step, std::int64_t index) const {
        if (index < 0) return std::nullopt;
        auto element = static_cast<std::size_t>(index);
        std::size_t k = 0;
        while (element >= ranges_[step.operands[k]].size())
            element -= ranges_[step.operands[k++]].size();
        return std::pair(step.operands[k], element);
    }

    static bool passes(const model::Reduce& reduce) {
        return reduce.kind == model::Reduce::Kind::max || reduce.size == 1;
    }

    /// Can the wire of element e of value v stand for it under rounding at `fraction`?
    bool stands_in(std::size_t v, std::size_t e, int fraction) const {
        const Demand& demand = demand_[v][e];
        // A rounded element's demand is the asker's own, or it would have become exact.
        return demand.kind == Demand::Kind::rounded ? stands_in_[v][e] : ranges_[v][e].fraction <= fraction;
    }

    void find_stand_ins() {
        for (std::size_t v = 0; v < ranges_.size(); ++v) {
            for (std::size_t e = 0; e < ranges_[v].size(); ++e) {
                if (demand_[v][e].kind != Demand::Kind::rounded) continue;
                stands_in_[v][e] = can_stand_in(v, e, demand_[v][e].fraction);
            }
        }
    }

    bool can_stand_in(std::size_t v, std::size_t e, int fraction) const {
        const int grid = ranges_[v][e].fraction;
        if (v < model_.inputs.size()) return grid <= fraction;
        const model::Step& step = model_.steps[v - model_.inputs.size()];
        if (std::holds_alternative<model::Affine>(step.op))
            return grid - fraction <= fx::max_exact_bits; // the half fits
        if (std::holds_alternative<model::Relu>(step.op)) return stands_in(step.operands[0], e, fraction);
        if (const auto* gather = std::get_if<model::Gather>(&step.op)) {
            const auto source = gathered(step, gather->index[e]);
            return !source || stands_in(source->first, source->second, fraction);
        }
        if (const auto* reduce = std::get_if<model::Reduce>(&step.op); reduce != nullptr && passes(*reduce)) {
            for (std::size_t k = 0; k < reduce->size; ++k) {
                if (!stands_in(step.operands[0], e * reduce->size + k, fraction)) return false;
            }
            return true;
        }
        return grid <= fraction;
    }

    bool take_back() {
        bool any = false;
        for (std::size_t s = 0; s < model_.steps.size(); ++s) {
            const auto* op = std::get_if<model::Cast>(&model_.steps[s].op);
            for (std::size_t e = 0; op != nullptr && e < op->casts.size(); ++e) {
                if (!folded_[s][e] || stands_in(model_.steps[s].operands[0], e, op->casts[e].format.fraction)) continue;
                folded_[s][e] = false;
                any = true;
            }
        }
        return any;
    }

    const model::Model& model_;
    std::vector<std::vector<fx::Interval>> ranges_;
    std::vector<std::vector<Demand>> demand_;  ///< per value and element
    std::vector<std::vector<bool>> stands_in_; ///< per value and element, where the demand is `rounded`
    std::vector<std::vector<bool>> folded_;    ///< per step: of a cast
};

} // namespace

Roundings plan_roundings(const model::Model& model) {
    return Analysis(model).run();
}

} // namespace bitgrain::lower
