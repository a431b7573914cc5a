#include "synthesis/record.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace bitgrain::synthesis {

namespace {

using Count = std::optional<std::int64_t> Record::*;
using Time = std::optional<double> Record::*;

constexpr std::array counts{
    std::pair<const char*, Count>{"lut", &Record::lut},      std::pair<const char*, Count>{"ff", &Record::ff},
    std::pair<const char*, Count>{"carry", &Record::carry},  std::pair<const char*, Count>{"mux", &Record::mux},
    std::pair<const char*, Count>{"dsp", &Record::dsp},      std::pair<const char*, Count>{"bram", &Record::bram},
    std::pair<const char*, Count>{"levels", &Record::levels}};
constexpr std::array times{std::pair<const char*, Time>{"clock_ns", &Record::clock_ns},
                           std::pair<const char*, Time>{"period_ns", &Record::period_ns}};

Json to_json(const Record& record) {
    Json json = {{"source", name(record.kind)},
                 {"tool", record.tool},
                 {"version", record.version},
                 {"device", record.device},
                 {"files", record.files}};
    for (const auto& [key, field] : counts) {
        if (record.*field) json[key] = *(record.*field);
    }
    for (const auto& [key, field] : times) {
        if (record.*field) json[key] = *(record.*field);
    }
    return json;
}

} // namespace

const char* name(Kind kind) {
    return kind == Kind::synthesised ? "synthesised" : "placed";
}

void merge(std::vector<Record>& records, const Record& record) {
    // Timing reports leave the speed grade off: "xcvu13p-flga2577" is "xcvu13p-flga2577-2-e".
    const auto same_device = [&](const std::string& device) {
        return device.starts_with(record.device) || record.device.starts_with(device);
    };
    const auto old = std::find_if(records.begin(), records.end(), [&](const Record& r) {
        return r.kind == record.kind && r.tool == record.tool && same_device(r.device);
    });
    if (old == records.end()) {
        records.push_back(record);
        return;
    }
    if (!record.version.empty()) old->version = record.version;
    if (record.device.size() > old->device.size()) old->device = record.device;
    for (const std::string& file : record.files) {
        if (std::find(old->files.begin(), old->files.end(), file) == old->files.end()) old->files.push_back(file);
    }
    for (const auto& [key, field] : counts) {
        if (record.*field) (*old).*field = record.*field;
    }
    for (const auto& [key, field] : times) {
        if (record.*field) (*old).*field = record.*field;
    }
}

Json to_json(const std::vector<Record>& records) {
    Json json = {{"kind", "bitgrain synthesis"}, {"version", 1}, {"records", Json::array()}};
    for (const Record& record : records)
        json["records"].push_back(to_json(record));
    return json;
}

std::vector<Record> records_from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    if (reader.get<std::string>("kind") != "bitgrain synthesis") reader.fail("this is no synthesis record");
    if (reader.get<int>("version") != 1) reader.fail("the version is not 1");
    std::vector<Record> records;
    for (JsonReader& entry : reader.at("records").elements()) {
        Record record;
        record.kind = entry.choice("source", {"synthesised", "placed"}) == 0 ? Kind::synthesised : Kind::placed;
        record.tool = entry.get<std::string>("tool");
        record.version = entry.get<std::string>("version");
        record.device = entry.get<std::string>("device");
        record.files = entry.get<std::vector<std::string>>("files");
        for (const auto& [key, field] : counts) {
            if (entry.has(key)) record.*field = entry.get<std::int64_t>(key);
        }
        for (const auto& [key, field] : times) {
            if (entry.has(key)) record.*field = entry.get<double>(key);
        }
        entry.finish();
        records.push_back(std::move(record));
    }
    reader.finish();
    return records;
}

std::vector<Record> read_records(const std::filesystem::path& build) {
    const std::filesystem::path path = build / file_name;
    if (!std::filesystem::exists(path)) return {};
    return records_from_json(read_json(path), path.string());
}

void write_records(const std::filesystem::path& build, const std::vector<Record>& records) {
    write_file(build / file_name, to_json(records).dump(2) + "\n");
}

} // namespace bitgrain::synthesis
