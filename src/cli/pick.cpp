#include "nn/pick.hpp"

#include "cli/console.hpp"
#include "cli/design.hpp"
#include "cli/home.hpp"
#include "cli/steps.hpp"
#include "report/number.hpp"

#include <cmath>
#include <map>

namespace bitgrain::cli {

void check_pick(const nn::Front& front, const std::string& rule) {
    if (!nn::read_pick(rule, front.metric_name, front.higher_is_better).needs_designs()) nn::pick(front, rule);
}

const nn::Point& pick_step(const nn::Freezer& freezer, const std::string& rule, const BuildOptions& build,
                           const nn::FreezeOptions& freezing) {
    const hw::Target target = hw::read_target(find_home().constraints, build.target);
    std::map<const nn::Point*, std::map<std::string, double>> known;
    return nn::pick(freezer.front(), rule, [&](const nn::Point& point) {
        const auto [found, is_new] = known.try_emplace(&point);
        if (is_new) {
            const Design design = make_design(freezer.freeze(point, freezing), build, target);
            // As reports show them.
            const double lut = std::round(design.area.total.lut), ff = std::round(design.area.total.ff);
            const int cycles = design.schedule.latency_cycles();
            const double ns = design.schedule.latency_ns();
            found->second = {{"lut", lut}, {"ff", ff}, {"cycles", cycles}, {"ns", ns}};
            print_step(report::number(point.ebops) + " EBOPs: " + report::number(lut) + " LUT, " + report::number(ff) +
                       " FF, " + std::to_string(cycles) + " cycles, " + report::number(ns) + " ns");
        }
        return found->second;
    });
}

} // namespace bitgrain::cli
