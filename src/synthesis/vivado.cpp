// Vivado: report_utilization (with or without -hierarchical tables), report_timing_summary, report_timing.
#include "base/error.hpp"
#include "synthesis/lines.hpp"
#include "synthesis/vendor_reports.hpp"

#include <array>
#include <cmath>

namespace bitgrain::synthesis {

namespace {

struct Row {
    std::string_view name;
    std::optional<std::int64_t> Record::*field;
};

/// First column of the tables; a star marks numbers before placement.
constexpr std::array rows{
    Row{"CLB LUTs", &Record::lut},        Row{"Slice LUTs", &Record::lut}, Row{"CLB Registers", &Record::ff},
    Row{"Slice Registers", &Record::ff},  Row{"CARRY8", &Record::carry},   Row{"CARRY4", &Record::carry},
    Row{"F7 Muxes", &Record::mux},        Row{"DSPs", &Record::dsp},       Row{"DSP Slices", &Record::dsp},
    Row{"Block RAM Tile", &Record::bram},
};

void read_row(Record& record, const std::vector<std::string_view>& row) {
    if (row.size() < 2) return;
    std::string_view title = row[0];
    while (!title.empty() && title.back() == '*')
        title = trimmed(title.substr(0, title.size() - 1));
    for (const auto& [wanted, field] : rows) {
        if (title != wanted) continue;
        if (const auto number = number_at(row[1])) record.*field = std::llround(*number);
    }
}

/// The line of numbers below a header line that starts with `title`, a rule between them.
std::vector<std::string_view> numbers_below(const std::vector<std::string_view>& all, std::string_view title) {
    for (std::size_t i = 0; i + 2 < all.size(); ++i) {
        if (trimmed(all[i]).starts_with(title) && trimmed(all[i + 1]).starts_with("---")) return words(all[i + 2]);
    }
    return {};
}

void read_timing(Record& record, const std::string& text, const std::vector<std::string_view>& all) {
    std::optional<double> slack, period;
    if (const auto summary = numbers_below(all, "WNS(ns)"); !summary.empty()) slack = number_at(summary[0]);
    for (const std::string_view line : all) {
        // Clock  Waveform(ns)  Period(ns)  Frequency(MHz): "clk  {0.000 2.500}  5.000  200.000"
        const std::size_t brace = line.find('}');
        if (period || brace == std::string_view::npos || line.find('{') == std::string_view::npos) continue;
        if (const auto columns = words(line.substr(brace + 1)); columns.size() == 2) period = number_at(columns[0]);
    }
    // A path: the one with the least slack counts; the first is the worst.
    if (const auto path = after(text, "Slack (MET) :"); !slack && path) slack = number_at(*path);
    if (const auto path = after(text, "Slack (VIOLATED) :"); !slack && path) slack = number_at(*path);
    if (const auto asked = after(text, "Requirement:"); asked && !period) period = number_at(*asked);
    if (const auto levels = after(text, "Logic Levels:")) {
        if (const auto number = number_at(*levels)) record.levels = std::llround(*number);
    }
    record.clock_ns = period;
    if (slack && period) record.period_ns = *period - *slack;
}

} // namespace

bool is_vivado(const std::string& text) {
    return text.find("Tool Version") != std::string::npos && text.find("Vivado") != std::string::npos;
}

Record parse_vivado(const std::string& text, const std::string& file) {
    const std::vector<std::string_view> all = lines(text);
    Record record;
    record.tool = "vivado";
    for (const std::string_view line : all) {
        const std::size_t colon = line.find(" : ");
        if (!line.starts_with('|') || colon == std::string_view::npos) continue;
        const std::string_view key = trimmed(line.substr(1, colon - 1));
        const std::vector<std::string_view> value = words(line.substr(colon + 3));
        if (value.empty()) continue;
        if (key == "Tool Version" && value.size() > 1) record.version = value[1];
        if (key == "Device") record.device = value[0];
        // "Routed", "Fully Placed", "Physopt postRoute"; "Synthesized" and "Optimized" are before placement.
        if (key == "Design State" && value[0] != "Synthesized" && value[0] != "Optimized") record.kind = Kind::placed;
    }
    for (const std::string_view line : all)
        read_row(record, cells(line, '|'));
    read_timing(record, text, all);
    if (!record.lut && !record.ff && !record.period_ns) {
        throw Error("the report has neither a utilization nor a timing that is known", file,
                    "use report_utilization and report_timing_summary");
    }
    return record;
}

} // namespace bitgrain::synthesis
