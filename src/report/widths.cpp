// The section "widths": how many bits inputs, activations and weights of a model have.
#include "fx/arithmetic.hpp"
#include "report/collect.hpp"

#include <algorithm>

namespace bitgrain::report {

namespace {

/// Widths of the elements that are not constant zero.
struct Tally {
    std::int64_t live = 0, all = 0, bits = 0;
    int widest = 0;

    void add(int width) {
        ++all;
        if (width <= 0) return;
        ++live;
        bits += width;
        widest = std::max(widest, width);
    }
    Row row(const std::string& key, const std::string& name, const std::string& what) const {
        const double mean = live == 0 ? 0.0 : static_cast<double>(bits) / static_cast<double>(live);
        return {key,
                name + ", " + what,
                mean,
                "bits",
                Source::computed,
                "mean of " + std::to_string(live) + " live of " + std::to_string(all) + ", at most " +
                    std::to_string(widest)};
    }
};

} // namespace

Section widths_section(const model::Model& model) {
    Section section{"widths", "Widths", {}};
    for (std::size_t i = 0; i < model.inputs.size(); ++i) {
        Tally tally;
        for (const fx::Format& format : model.inputs[i].formats)
            tally.add(format.width());
        section.rows.push_back(tally.row("input_" + std::to_string(i), model.inputs[i].name, "port"));
    }
    // Steps of one layer and kind together, in the order of their first.
    std::vector<std::pair<std::string, Tally>> list;
    for (const model::Step& step : model.steps) {
        const bool weights = std::holds_alternative<model::Affine>(step.op);
        if (!weights && !std::holds_alternative<model::Cast>(step.op)) continue;
        const std::string name = (weights ? "w" : "q") + step.name;
        auto found = std::find_if(list.begin(), list.end(), [&](const auto& entry) { return entry.first == name; });
        if (found == list.end()) found = list.insert(list.end(), {name, {}});
        if (weights) {
            for (const double weight : std::get<model::Affine>(step.op).weights)
                found->second.add(fx::enclosed_bits(fx::to_dyadic(weight).code));
        } else {
            for (const fx::Cast& cast : std::get<model::Cast>(step.op).casts)
                found->second.add(cast.format.width());
        }
    }
    for (std::size_t i = 0; i < list.size(); ++i) {
        const bool weights = list[i].first[0] == 'w';
        section.rows.push_back(list[i].second.row("step_" + std::to_string(i), list[i].first.substr(1),
                                                  weights ? "weights" : "quantizer"));
    }
    return section;
}

} // namespace bitgrain::report
