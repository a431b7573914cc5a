#include "hw/target.hpp"

#include "base/error.hpp"
#include "base/json.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <system_error>

namespace bitgrain::hw {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view file_name = "target.json";

/// One coefficient: {"ns": 0.12, "source": "where it comes from"}. A number without a source is refused.
double coefficient(JsonReader& group, const std::string& key, const std::string& unit) {
    JsonReader entry = group.at(key);
    const auto value = entry.get<double>(unit);
    if (!std::isfinite(value) || value < 0.0) entry.fail("'" + unit + "' must be 0 or more");
    if (entry.get<std::string>("source").empty()) entry.fail("'source' must say where the number comes from");
    entry.finish();
    return value;
}

Delay read_delay(JsonReader& json) {
    JsonReader at = json.at("delay");
    Delay delay;
    for (const auto& [key, field] : delay_coefficients) {
        delay.*field = coefficient(at, key, "ns");
    }
    at.finish();
    return delay;
}

Parts read_luts(JsonReader& json) {
    JsonReader at = json.at("lut");
    Parts per;
    for (std::size_t i = 0; i < part_kinds; ++i)
        per.count[i] = coefficient(at, name(static_cast<Part>(i)), "per");
    at.finish();
    return per;
}

Bands read_bands(JsonReader& json) {
    JsonReader at = json.at("bands");
    const Bands bands{coefficient(at, "lut", "share"), coefficient(at, "ff", "share"),
                      coefficient(at, "period", "share")};
    at.finish();
    return bands;
}

VendorRun read_vendor_run(JsonReader& json) {
    JsonReader at = json.at("vendor_run");
    const VendorRun run{at.get<double>("minutes"), at.get<double>("minutes_per_klut")};
    if (run.minutes < 0.0 || run.minutes_per_klut < 0.0) at.fail("times must be 0 or more");
    at.get<std::string>("source");
    at.finish();
    return run;
}

Resources read_resources(JsonReader& json) {
    JsonReader at = json.at("available");
    Resources resources;
    resources.lut = static_cast<long>(at.get<std::size_t>("lut"));
    resources.ff = static_cast<long>(at.get<std::size_t>("ff"));
    at.get<std::string>("source");
    at.finish();
    return resources;
}

} // namespace

std::vector<std::string> target_names(const fs::path& constraints) {
    std::vector<std::string> names;
    std::error_code code;
    for (const fs::directory_entry& entry : fs::directory_iterator(constraints, code)) {
        if (fs::exists(entry.path() / file_name)) names.push_back(entry.path().filename().string());
    }
    if (code) throw Error("cannot list the targets: " + code.message(), constraints.string());
    std::sort(names.begin(), names.end());
    return names;
}

Target read_target(const fs::path& constraints, const std::string& name) {
    const std::vector<std::string> known = target_names(constraints);
    if (std::find(known.begin(), known.end(), name) == known.end()) {
        throw Error("the target '" + name + "' is not known", "", suggestion(name, known));
    }
    const fs::path path = constraints / name / file_name;
    const Json content = read_json(path);
    JsonReader json(content, path.string());
    Target target;
    target.name = json.get<std::string>("name");
    if (target.name != name) json.at("name").fail("must be the name of its folder, '" + name + "'");
    target.part = json.get<std::string>("part");
    target.family = json.get<std::string>("family");
    target.lut_inputs = json.get<int>("lut_inputs");
    if (target.lut_inputs < 3 || target.lut_inputs > 8) json.at("lut_inputs").fail("must be 3 to 8");
    target.three_operand_adder =
        static_cast<ThreeOperandAdder>(json.choice("three_operand_adder", {"none", "lut6_2_carry4", "lut6_2_carry8"}));
    target.module_attribute = json.get<std::string>("module_attribute");
    target.lut_per = read_luts(json);
    target.bands = read_bands(json);
    target.vendor_run = read_vendor_run(json);
    target.delay = read_delay(json);
    target.available = read_resources(json);
    json.finish();
    return target;
}

} // namespace bitgrain::hw
