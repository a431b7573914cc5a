#include "report/collect.hpp"

#include "hw/structure.hpp"
#include "report/number.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace bitgrain::report {

namespace {

std::int64_t whole(double value) {
    return std::llround(value);
}

std::string share(double used, long available) {
    if (available <= 0) return {};
    return number(100.0 * used / static_cast<double>(available), 3) + " % of " + std::to_string(available);
}

/// A placer needs room: above 70 % of the LUTs designs of this kind get slow or fail.
constexpr double comfortable = 0.7;

Row fit_row(const hw::Target& target, const hw::Area& used) {
    const double share = std::max(used.lut * (1.0 + target.bands.lut) / static_cast<double>(target.available.lut),
                                  used.ff * (1.0 + target.bands.ff) / static_cast<double>(target.available.ff));
    const char* verdict = share > 1.0 ? "TOO SMALL" : share > comfortable ? "tight" : "fits";
    return {
        "fit", "the part",        std::string(verdict),
        "",    Source::estimated, "at the upper end of the bands " + number(100.0 * share, 3) + " % of it are used"};
}

Row counted(const std::string& key, const std::string& name, std::size_t value) {
    return {key, name, static_cast<std::int64_t>(value), "", Source::computed, ""};
}

void push_stream_rows(std::vector<Row>& rows, const rtl::Axis& axis) {
    const std::int64_t in = axis.in_beats, out = axis.out_beats;
    rows.push_back({"axis_in_beats", "AXI4-Stream in", in, "beats", Source::computed,
                    "of " + std::to_string(axis.in_lane) + " bits; the LUT and FF above are without the wrapper"});
    rows.push_back({"axis_out_beats", "AXI4-Stream out", out, "beats", Source::computed,
                    "of " + std::to_string(axis.out_lane) + " bits"});
    rows.push_back(
        {"axis_interval", "interval, AXI", std::max(in, out), "cycles", Source::computed, "vector to vector"});
    rows.push_back({"axis_latency_cycles", "latency, AXI", std::int64_t{axis.latency_cycles}, "cycles",
                    Source::computed, "first beat in to first beat out"});
}

} // namespace

Section hardware_section(const hw::Target& target, const ir::Netlist& netlist, const hw::Schedule& schedule,
                         const hw::AreaReport& area, const rtl::Signature& signature, bool clock_is_chosen) {
    const ir::Counts counts = ir::count(netlist);
    Section section{"hardware", "Hardware", {}};
    auto& rows = section.rows;
    rows.push_back({"target", "target", target.name, "", Source::given, target.part});
    rows.push_back({"module", "module", signature.module, "", Source::given, ""});
    rows.push_back({"clock", "clock", schedule.clock_ns, "ns", clock_is_chosen ? Source::estimated : Source::given, "",
                    clock_is_chosen ? target.bands.period : 0.0});
    rows.push_back(counted("adders", "adders", counts.adds));
    const std::array others{std::pair{"casts", counts.casts}, std::pair{"selects", counts.selects},
                            std::pair{"tables", counts.tables}, std::pair{"multipliers", counts.muls}};
    for (const auto& [key, count] : others) {
        if (count > 0) rows.push_back(counted(key, key, count));
    }
    const hw::Area& used = area.total;
    rows.push_back({"lut", "LUT", whole(used.lut), "", Source::estimated, share(used.lut, target.available.lut),
                    target.bands.lut});
    rows.push_back(
        {"ff", "FF", whole(used.ff), "", Source::estimated, share(used.ff, target.available.ff), target.bands.ff});
    rows.push_back({"carry", "carry chains", whole(used.carry), "bits", Source::computed, ""});
    if (target.available.lut > 0) rows.push_back(fit_row(target, used));
    rows.push_back({"register_bits_saved", "FF saved", std::int64_t{schedule.register_bits_saved}, "", Source::computed,
                    "against every value as soon as possible"});
    rows.push_back({"stages", "pipeline stages", std::int64_t{schedule.stages}, "", Source::computed, ""});
    rows.push_back(
        {"worst_stage", "longest stage", schedule.worst_stage_ns, "ns", Source::estimated, "", target.bands.period});
    rows.push_back({"fmax", "Fmax", std::round(1000.0 / schedule.worst_stage_ns), "MHz", Source::estimated, "",
                    target.bands.period});
    rows.push_back({"latency_cycles", "latency", std::int64_t{schedule.latency_cycles()}, "cycles", Source::computed,
                    "from the schedule"});
    if (schedule.latency_cycles() > 0) {
        rows.push_back({"latency_ns", "latency", schedule.latency_ns(), "ns", Source::computed, "from the schedule"});
    } else {
        rows.push_back({"latency_ns", "latency", schedule.latency_ns(), "ns", Source::estimated, "through the logic",
                        target.bands.period});
    }
    rows.push_back({"initiation_interval", "initiation interval", std::int64_t{signature.initiation_interval}, "cycles",
                    Source::computed, ""});
    rows.push_back({"in_width", "in_data", std::int64_t{signature.in_width}, "bits", Source::computed, ""});
    rows.push_back({"out_width", "out_data", std::int64_t{signature.out_width}, "bits", Source::computed, ""});
    if (signature.axis) push_stream_rows(rows, *signature.axis);
    if (target.vendor_run.minutes > 0.0) {
        const double minutes = target.vendor_run.minutes + target.vendor_run.minutes_per_klut * used.lut / 1000.0;
        rows.push_back({"vendor_minutes", "vendor run", std::round(minutes), "min", Source::estimated,
                        "synthesis to routed, from published runs, good to a factor of two"});
    }
    return section;
}

namespace {

Layer layer_of(const std::string& name, const hw::Area& area) {
    return {name, area.lut, area.ff, area.carry, 0, 0, {}};
}

} // namespace

std::vector<Layer> layers(const ir::Netlist& netlist, const hw::Schedule& schedule, const hw::AreaReport& area) {
    std::vector<Layer> all;
    for (std::size_t i = 0; i < area.per_scope.size(); ++i)
        all.push_back(layer_of(i == 0 ? "shared" : netlist.scopes[i], area.per_scope[i]));
    const std::vector<bool> live = hw::live(netlist);
    std::vector<bool> seen(all.size(), false);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (!live[i]) continue;
        const ir::Origin& origin = netlist.origins[i];
        Layer& layer = all[origin.scope];
        layer.first_stage = seen[origin.scope] ? std::min(layer.first_stage, schedule.stage[i]) : schedule.stage[i];
        layer.last_stage = std::max(layer.last_stage, schedule.stage[i]);
        seen[origin.scope] = true;
        if (origin.index < 0) continue;
        // A neuron's last node is its value.
        const auto at = static_cast<std::size_t>(origin.index);
        if (layer.widths.size() <= at) layer.widths.resize(at + 1, 0);
        layer.widths[at] = netlist.nodes[i].interval.width();
    }
    std::rotate(all.begin(), all.begin() + (all.empty() ? 0 : 1), all.end());
    if (!all.empty() && all.back().lut <= 0.0 && all.back().ff <= 0.0) all.pop_back();
    return all;
}

std::vector<Neuron> neurons(const ir::Netlist& netlist, const hw::AreaReport& area) {
    std::vector<Neuron> result;
    for (const hw::AreaReport::Neuron& n : area.per_neuron) {
        result.push_back(
            {n.scope == 0 ? "shared" : netlist.scopes[n.scope], n.index, n.area.lut, n.area.ff, n.area.carry});
    }
    return result;
}

Section files_section(const std::vector<NamedFile>& files) {
    Section section{"files", "Files", {}};
    for (const NamedFile& file : files) {
        section.rows.push_back({file.name, file.name, file.path, "", Source::given, ""});
    }
    return section;
}

} // namespace bitgrain::report
