// What a synthesis or place-and-route tool said about a build: the numbers beside the estimates. synthesis.json of a
// build folder holds the records, one per tool and kind.
#pragma once

#include "base/json.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::synthesis {

enum class Kind : std::uint8_t { synthesised, placed };
const char* name(Kind kind);

struct Record {
    Kind kind = Kind::synthesised;
    std::string tool;               ///< "vivado", "yosys", "quartus", "nextpnr"
    std::string version;            ///< empty when the report does not say
    std::string device;             ///< part or family
    std::vector<std::string> files; ///< names of the reports that were read
    std::optional<std::int64_t> lut, ff, carry, mux, dsp, bram;
    std::optional<std::int64_t> levels; ///< logic levels of the worst path, as the tool counts them
    std::optional<double> clock_ns;     ///< asked
    std::optional<double> period_ns;    ///< of the worst path

    friend bool operator==(const Record&, const Record&) = default;
};

/// A tool's report: yosys (write_json, stat -json), nextpnr (--report), Vivado (report_utilization, report_timing and
/// its summary), Quartus (fit and sta reports). Error when the text is none of these or holds no number.
Record parse_report(const std::string& text, const std::string& file);

/// Adds what is new in `record` to the record of the same tool and kind, or appends it. Numbers that are already there
/// are replaced.
void merge(std::vector<Record>& records, const Record& record);

Json to_json(const std::vector<Record>& records);
std::vector<Record> records_from_json(const Json& json, const std::string& where);

inline constexpr const char* file_name = "synthesis.json";
/// Of a build folder; empty when it has none.
std::vector<Record> read_records(const std::filesystem::path& build);
void write_records(const std::filesystem::path& build, const std::vector<Record>& records);

} // namespace bitgrain::synthesis
