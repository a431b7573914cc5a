// Quartus: Fitter (.fit.rpt, .fit.summary) and Timing Analyzer (.sta.rpt, .sta.summary).
#include "base/error.hpp"
#include "synthesis/lines.hpp"
#include "synthesis/vendor_reports.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::synthesis {

namespace {

/// "; Total registers ; 567 ;" and, in summaries, "Total registers : 567".
std::optional<std::string_view> value_of(const std::vector<std::string_view>& all, std::string_view key) {
    for (const std::string_view line : all) {
        const std::vector<std::string_view> row = cells(line, ';');
        if (row.size() >= 2 && row[0] == key) return row[1];
        const std::size_t colon = line.find(" : ");
        if (colon != std::string_view::npos && trimmed(line.substr(0, colon)) == key)
            return trimmed(line.substr(colon + 3));
    }
    return std::nullopt;
}

std::optional<std::int64_t> count_of(const std::vector<std::string_view>& all,
                                     std::initializer_list<std::string_view> keys) {
    for (const std::string_view key : keys) {
        const auto value = value_of(all, key);
        if (const auto number = value ? number_at(*value) : std::nullopt) return std::llround(*number);
    }
    return std::nullopt;
}

/// "; 312.5 MHz ; 312.5 MHz ; clk ; ;" in the table of each corner: the slowest counts.
std::optional<double> slowest_period(const std::vector<std::string_view>& all) {
    std::optional<double> worst;
    for (const std::string_view line : all) {
        const std::vector<std::string_view> row = cells(line, ';');
        if (row.size() < 3 || !row[0].ends_with(" MHz") || !row[1].ends_with(" MHz")) continue;
        if (const auto mhz = number_at(row[0])) worst = std::max(worst.value_or(0.0), 1000.0 / *mhz);
    }
    return worst;
}

/// "; clk ; Base ; 5.000 ; 200.0 MHz ; ..." in the table of clocks.
std::optional<double> asked_period(const std::vector<std::string_view>& all) {
    for (const std::string_view line : all) {
        const std::vector<std::string_view> row = cells(line, ';');
        if (row.size() > 3 && row[1] == "Base") return number_at(row[2]);
    }
    return std::nullopt;
}

} // namespace

bool is_quartus(const std::string& text) {
    return text.find("Quartus Prime") != std::string::npos;
}

Record parse_quartus(const std::string& text, const std::string& file) {
    const std::vector<std::string_view> all = lines(text);
    Record record;
    record.kind = Kind::placed; // Fitter and Timing Analyzer both run after placement
    record.tool = "quartus";
    for (const std::string_view key : {"Quartus Prime Version", "Software Version"}) {
        if (const auto version = value_of(all, key); version && record.version.empty())
            record.version = words(*version)[0];
    }
    for (const std::string_view key : {"Device", "Device Name"}) {
        if (const auto device = value_of(all, key); device && record.device.empty()) record.device = *device;
    }
    // An ALUT is a function of a LUT; where only ALMs are told, these are counted.
    record.lut =
        count_of(all, {"Combinational ALUT usage for logic", "Total logic elements", "Logic utilization (in ALMs)"});
    record.ff = count_of(all, {"Total registers", "Dedicated logic registers", "Total dedicated logic registers"});
    record.dsp = count_of(all, {"Total DSP Blocks", "DSP Blocks Needed"});
    record.bram = count_of(all, {"Total RAM Blocks", "M20K blocks", "M10K blocks"});
    record.period_ns = slowest_period(all);
    record.clock_ns = asked_period(all);
    if (!record.lut && !record.ff && !record.period_ns) {
        throw Error("the report has neither a utilization nor an Fmax that is known", file,
                    "use the .fit.rpt or .fit.summary and the .sta.rpt");
    }
    return record;
}

} // namespace bitgrain::synthesis
