#include "report/collect.hpp"

#include "report/number.hpp"

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

Row counted(const std::string& key, const std::string& name, std::size_t value) {
    return {key, name, static_cast<std::int64_t>(value), "", Source::computed, ""};
}

} // namespace

Section hardware_section(const hw::Target& target, const ir::Netlist& netlist, const hw::Schedule& schedule,
                         const hw::AreaReport& area, const rtl::Signature& signature) {
    const ir::Counts counts = ir::count(netlist);
    Section section{"hardware", "Hardware", {}};
    auto& rows = section.rows;
    rows.push_back({"target", "target", target.name, "", Source::given, target.part});
    rows.push_back({"module", "module", signature.module, "", Source::given, ""});
    rows.push_back({"clock", "clock", schedule.clock_ns, "ns", Source::given, ""});
    rows.push_back(counted("adders", "adders", counts.adds));
    const std::array others{std::pair{"casts", counts.casts}, std::pair{"selects", counts.selects},
                            std::pair{"tables", counts.tables}, std::pair{"multipliers", counts.muls}};
    for (const auto& [key, count] : others) {
        if (count > 0) rows.push_back(counted(key, key, count));
    }
    rows.push_back(
        {"lut", "LUT", whole(area.total.lut), "", Source::estimated, share(area.total.lut, target.available.lut)});
    rows.push_back(
        {"ff", "FF", whole(area.total.ff), "", Source::estimated, share(area.total.ff, target.available.ff)});
    rows.push_back({"register_bits_saved", "FF saved", std::int64_t{schedule.register_bits_saved}, "", Source::computed,
                    "against every value as soon as possible"});
    rows.push_back({"stages", "pipeline stages", std::int64_t{schedule.stages}, "", Source::computed, ""});
    rows.push_back({"worst_stage", "longest stage", schedule.worst_stage_ns, "ns", Source::estimated, ""});
    rows.push_back({"latency_cycles", "latency", std::int64_t{schedule.latency_cycles()}, "cycles", Source::computed,
                    "from the schedule"});
    rows.push_back({"latency_ns", "latency", schedule.latency_cycles() * schedule.clock_ns, "ns", Source::computed,
                    "from the schedule"});
    rows.push_back({"initiation_interval", "initiation interval", std::int64_t{signature.initiation_interval}, "cycles",
                    Source::computed, ""});
    rows.push_back({"in_width", "in_data", std::int64_t{signature.in_width}, "bits", Source::computed, ""});
    rows.push_back({"out_width", "out_data", std::int64_t{signature.out_width}, "bits", Source::computed, ""});
    return section;
}

std::vector<Layer> layers(const ir::Netlist& netlist, const hw::AreaReport& area) {
    std::vector<Layer> result;
    for (std::size_t i = 1; i < area.per_scope.size(); ++i) {
        result.push_back({netlist.scopes[i], area.per_scope[i].lut, area.per_scope[i].ff});
    }
    if (!area.per_scope.empty() && (area.per_scope[0].lut > 0 || area.per_scope[0].ff > 0)) {
        result.push_back({"shared", area.per_scope[0].lut, area.per_scope[0].ff});
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
