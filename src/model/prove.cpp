#include "model/prove.hpp"

#include "model/intervals.hpp"
#include "model/run.hpp"

#include <map>

namespace bitgrain::model {

namespace {

/// Range analysis that gives every wrapping cast the bits that its operand needs, and notes them.
class Proving : public Intervals {
  public:
    Proving(const Model& model, const std::set<std::size_t>& steps, const std::string& where)
        : Intervals(model, where), steps_(steps) {}

    void begin_step(std::size_t step) {
        step_ = step;
        Intervals::begin_step(step);
    }
    void begin_element(std::size_t element) {
        element_ = element;
        Intervals::begin_element(element);
    }

    Value cast(const Value& a, const fx::Cast& cast) {
        if (!steps_.contains(step_) || cast.overflow != fx::Overflow::wrap || cast.format.is_zero() || a.is_zero())
            return Intervals::cast(a, cast);
        // Rounding up can carry into one more bit than the operand has.
        const fx::Format operand = fx::format_of(a);
        fx::Cast wide = cast;
        wide.format = {true, std::max(operand.integer, -cast.format.fraction) + 1, cast.format.fraction};
        const Value result = Intervals::cast(a, wide);
        const fx::Interval exact =
            result.is_zero() ? fx::Interval{0, 0, cast.format.fraction} : fx::to_fraction(result, cast.format.fraction);
        formats_[{step_, element_}] = fx::format_of(exact);
        return result;
    }

    void apply(Model& model) const {
        for (const auto& [place, format] : formats_)
            std::get<Cast>(model.steps[place.first].op).casts[place.second].format = format;
    }

  private:
    const std::set<std::size_t>& steps_;
    std::size_t step_ = 0, element_ = 0;
    std::map<std::pair<std::size_t, std::size_t>, fx::Format> formats_;
};

} // namespace

Model prove_ranges(const Model& model) {
    std::set<std::size_t> all;
    for (std::size_t step = 0; step < model.steps.size(); ++step)
        all.insert(step);
    return prove_ranges(model, all);
}

Model prove_ranges(const Model& model, const std::set<std::size_t>& steps, const std::string& where) {
    Proving domain(model, steps, where);
    run_all(model, domain, input_ranges(model));
    Model proven = model;
    domain.apply(proven);
    return proven;
}

} // namespace bitgrain::model
