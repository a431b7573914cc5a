#include "report/report.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::report {

namespace {

constexpr std::array all_sources{Source::given,     Source::trained,     Source::computed, Source::estimated,
                                 Source::simulated, Source::synthesised, Source::measured};

/// In the order of the enumeration.
std::vector<std::string> source_names() {
    std::vector<std::string> names(all_sources.size());
    std::transform(all_sources.begin(), all_sources.end(), names.begin(), [](Source source) { return name(source); });
    return names;
}

Json row_json(const Row& row) {
    Json json = Json::object();
    json["name"] = row.name;
    std::visit([&](const auto& value) { json["value"] = value; }, row.value);
    json["unit"] = row.unit;
    json["source"] = name(row.source);
    if (!row.note.empty()) json["note"] = row.note;
    return json;
}

Row read_row(const std::string& key, JsonReader reader) {
    Row row;
    row.key = key;
    row.name = reader.get<std::string>("name");
    const JsonReader value = reader.at("value");
    if (value.json().is_string()) {
        row.value = value.as<std::string>();
    } else if (value.json().is_number_integer()) {
        row.value = value.as<std::int64_t>();
    } else {
        row.value = value.as<double>();
    }
    row.unit = reader.get<std::string>("unit", "");
    row.source = all_sources[reader.choice("source", source_names())];
    row.note = reader.get<std::string>("note", "");
    reader.finish();
    return row;
}

Json front_json(const Front& front) {
    Json points = Json::array();
    for (const FrontPoint& p : front.points) {
        points.push_back({{"epoch", p.epoch},
                          {"ebops", p.ebops},
                          {"metric", p.metric},
                          {"live_weights", p.live_weights},
                          {"picked", p.picked}});
    }
    return {{"metric_name", front.metric_name}, {"higher_is_better", front.higher_is_better}, {"points", points}};
}

Front read_front(JsonReader reader) {
    Front front;
    front.metric_name = reader.get<std::string>("metric_name");
    front.higher_is_better = reader.get<bool>("higher_is_better");
    for (JsonReader& p : reader.at("points").elements()) {
        front.points.push_back({p.get<std::int64_t>("epoch"), p.get<double>("ebops"), p.get<double>("metric"),
                                p.get<std::int64_t>("live_weights"), p.get<bool>("picked")});
        p.finish();
    }
    reader.finish();
    return front;
}

} // namespace

const char* name(Source source) {
    switch (source) {
    case Source::given:
        return "given";
    case Source::trained:
        return "trained";
    case Source::computed:
        return "computed";
    case Source::estimated:
        return "estimated";
    case Source::simulated:
        return "simulated";
    case Source::synthesised:
        return "synthesised";
    case Source::measured:
        return "measured";
    }
    return "";
}

void put(Report& report, Section section) {
    for (Section& old : report.sections) {
        if (old.key == section.key) {
            old = std::move(section);
            return;
        }
    }
    report.sections.push_back(std::move(section));
}

const Row* find(const Report& report, const std::string& section, const std::string& key) {
    for (const Section& s : report.sections) {
        if (s.key != section) continue;
        const auto row = std::find_if(s.rows.begin(), s.rows.end(), [&](const Row& r) { return r.key == key; });
        if (row != s.rows.end()) return &*row;
    }
    return nullptr;
}

Json to_json(const Report& report) {
    Json json = Json::object();
    json["title"] = report.title;
    json["sections"] = Json::object();
    for (const Section& section : report.sections) {
        Json rows = Json::object();
        for (const Row& row : section.rows)
            rows[row.key] = row_json(row);
        json["sections"][section.key] = {{"title", section.title}, {"rows", rows}};
    }
    json["layers"] = Json::array();
    for (const Layer& layer : report.layers) {
        json["layers"].push_back({{"name", layer.name}, {"lut", layer.lut}, {"ff", layer.ff}, {"source", "estimated"}});
    }
    if (report.front) json["front"] = front_json(*report.front);
    return json;
}

Report from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    Report report;
    report.title = reader.get<std::string>("title");
    JsonReader sections = reader.at("sections");
    for (const std::string& key : sections.keys()) {
        JsonReader s = sections.at(key);
        Section section{key, s.get<std::string>("title"), {}};
        JsonReader rows = s.at("rows");
        for (const std::string& row : rows.keys())
            section.rows.push_back(read_row(row, rows.at(row)));
        s.finish();
        report.sections.push_back(std::move(section));
    }
    for (JsonReader& l : reader.at("layers").elements()) {
        report.layers.push_back({l.get<std::string>("name"), l.get<double>("lut"), l.get<double>("ff")});
        l.choice("source", source_names());
        l.finish();
    }
    if (reader.has("front")) report.front = read_front(reader.at("front"));
    reader.finish();
    return report;
}

} // namespace bitgrain::report
