#include "report/synthesis.hpp"

#include "report/number.hpp"

#include <cmath>

namespace bitgrain::report {

namespace {

std::string tool_of(const synthesis::Record& record) {
    // "Yosys 0.23 (git sha1 7ce5011c24b)" says the tool itself.
    std::string version = record.version.substr(0, record.version.find(" ("));
    if (const std::size_t blank = version.rfind(' '); blank != std::string::npos) version = version.substr(blank + 1);
    return record.tool + (version.empty() ? "" : " " + version) + (record.device.empty() ? "" : ", " + record.device);
}

Source source_of(const synthesis::Record& record) {
    return record.kind == synthesis::Kind::synthesised ? Source::synthesised : Source::placed;
}

std::optional<double> value_of(const Row& row) {
    if (const auto* integer = std::get_if<std::int64_t>(&row.value)) return static_cast<double>(*integer);
    if (const auto* real = std::get_if<double>(&row.value)) return *real;
    return std::nullopt;
}

struct Number {
    const char* key; ///< of the report's hardware section; null: nothing to compare with
    const char* name;
    const char* unit;
    std::optional<double> value;
};

std::vector<Number> numbers(const synthesis::Record& r) {
    const auto count = [](const std::optional<std::int64_t>& value) {
        return value ? std::optional(static_cast<double>(*value)) : std::nullopt;
    };
    std::vector<Number> all{{"lut", "LUT", "", count(r.lut)},
                            {"ff", "FF", "", count(r.ff)},
                            {nullptr, "carry cells", "", count(r.carry)},
                            {nullptr, "multiplexers", "", count(r.mux)},
                            {nullptr, "DSP", "", count(r.dsp)},
                            {nullptr, "block RAM", "", count(r.bram)},
                            {nullptr, "logic levels", "", count(r.levels)},
                            {"worst_stage", "longest stage", "ns", r.period_ns}};
    if (r.period_ns && *r.period_ns > 0.0) all.push_back({"fmax", "Fmax", "MHz", 1000.0 / *r.period_ns});
    return all;
}

/// Estimates are of the build's own target: a fabric with other LUTs is shown, not compared.
bool comparable(const synthesis::Record& record) {
    return record.tool != "nextpnr" && record.device != "ice40" && record.device != "ecp5";
}

} // namespace

std::vector<Comparison> compare(const Report& report, const std::vector<synthesis::Record>& records) {
    std::vector<Comparison> result;
    for (const synthesis::Record& record : records) {
        if (!comparable(record)) continue;
        for (const Number& n : numbers(record)) {
            const Row* row = n.key == nullptr ? nullptr : find(report, "hardware", n.key);
            const std::optional<double> estimated = row == nullptr ? std::nullopt : value_of(*row);
            if (!n.value || !estimated) continue;
            result.push_back({n.name, n.unit, *estimated, row->band, *n.value, source_of(record), tool_of(record)});
        }
    }
    return result;
}

Section synthesis_section(const Report& report, const std::vector<synthesis::Record>& records) {
    Section section{"synthesis", "Synthesis", {}};
    for (std::size_t i = 0; i < records.size(); ++i) {
        const synthesis::Record& record = records[i];
        const std::string prefix = record.tool + std::to_string(i) + "_";
        section.rows.push_back({prefix + "tool", "tool", tool_of(record), "", Source::given, ""});
        for (const Number& n : numbers(record)) {
            if (!n.value || (n.key == nullptr && *n.value == 0.0)) continue;
            Row row{prefix + n.name, n.name, *n.value, n.unit, source_of(record), ""};
            if (std::string(n.unit).empty()) row.value = static_cast<std::int64_t>(std::llround(*n.value));
            const Row* own = n.key == nullptr || !comparable(record) ? nullptr : find(report, "hardware", n.key);
            const std::optional<double> estimated = own == nullptr ? std::nullopt : value_of(*own);
            if (estimated && *n.value != 0.0) {
                const double off = *estimated / *n.value - 1.0;
                row.note = "estimated " + shown(*own).value + ", " + (off >= 0 ? "+" : "") + number(100.0 * off, 3) +
                           " %" + (std::fabs(*n.value / *estimated - 1.0) > own->band ? ", outside its band" : "");
            }
            section.rows.push_back(std::move(row));
        }
    }
    return section;
}

} // namespace bitgrain::report
