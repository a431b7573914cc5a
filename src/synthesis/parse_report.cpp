// Which tool a report is from is seen from its text, never from its name.
#include "base/error.hpp"
#include "synthesis/mapped.hpp"
#include "synthesis/vendor_reports.hpp"

#include <cmath>

namespace bitgrain::synthesis {

namespace {

Record of_mapped(const Json& json, const std::string& file) {
    const Mapped mapped = count_mapped(json, file);
    Record record;
    record.tool = "yosys";
    if (json.contains("creator")) record.version = json.at("creator").get<std::string>();
    record.lut = mapped.lut;
    record.ff = mapped.ff;
    record.carry = mapped.carry;
    record.mux = mapped.mux;
    record.dsp = mapped.dsp;
    record.bram = mapped.bram;
    record.levels = mapped.levels;
    return record;
}

/// `stat -json`: counts of cells by type, no connections and so no levels.
Record of_stat(const Json& json, const std::string& file) {
    if (!json.at("design").contains("num_cells_by_type")) throw Error("there are no cell counts", file);
    const Mapped mapped = count_cells(json.at("design").at("num_cells_by_type"), file);
    Record record;
    record.tool = "yosys";
    record.version = json.at("creator").get<std::string>();
    record.lut = mapped.lut;
    record.ff = mapped.ff;
    record.carry = mapped.carry;
    record.mux = mapped.mux;
    record.dsp = mapped.dsp;
    record.bram = mapped.bram;
    return record;
}

/// nextpnr --report. A logic cell of iCE40 holds a LUT, its carry and its flip-flop, so cells are counted as LUTs only.
Record of_nextpnr(const Json& json) {
    Record record;
    record.kind = Kind::placed;
    record.tool = "nextpnr";
    double slowest = 0.0;
    for (const auto& [clock, numbers] : json.at("fmax").items()) {
        const double period = 1000.0 / numbers.at("achieved").get<double>();
        if (period <= slowest) continue;
        slowest = period;
        record.period_ns = period;
        record.clock_ns = 1000.0 / numbers.at("constraint").get<double>();
    }
    const Json& used = json.at("utilization");
    for (const auto& [cell, field] : {std::pair{"ICESTORM_LC", &Record::lut}, std::pair{"TRELLIS_COMB", &Record::lut},
                                      std::pair{"TRELLIS_FF", &Record::ff}, std::pair{"ICESTORM_DSP", &Record::dsp},
                                      std::pair{"ICESTORM_RAM", &Record::bram}}) {
        if (used.contains(cell)) record.*field = used.at(cell).at("used").get<std::int64_t>();
    }
    if (used.contains("ICESTORM_LC")) record.device = "ice40";
    if (used.contains("TRELLIS_COMB")) record.device = "ecp5";
    return record;
}

Record of_json(const Json& json, const std::string& file) {
    if (json.is_object() && json.contains("fmax") && json.contains("utilization")) return of_nextpnr(json);
    if (json.is_object() && json.contains("design") && json.contains("creator")) return of_stat(json, file);
    return of_mapped(json, file);
}

} // namespace

Record parse_report(const std::string& text, const std::string& file) {
    const std::size_t first = text.find_first_not_of(" \t\r\n");
    Record record;
    if (first != std::string::npos && text[first] == '{') {
        try {
            record = of_json(parse_json(text, file), file);
        } catch (const Json::exception& error) {
            throw Error(std::string("the report is not as its tool writes it: ") + error.what(), file);
        }
    } else if (is_vivado(text)) {
        record = parse_vivado(text, file);
    } else if (is_quartus(text)) {
        record = parse_quartus(text, file);
    } else {
        throw Error("this is no report that is known", file,
                    "known: yosys write_json and stat -json, nextpnr --report, Vivado report_utilization and "
                    "report_timing_summary, Quartus .fit.rpt and .sta.rpt");
    }
    record.files = {std::filesystem::path(file).filename().string()};
    return record;
}

} // namespace bitgrain::synthesis
