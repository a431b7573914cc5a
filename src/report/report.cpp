#include "report/report.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::report {

namespace {

constexpr std::array all_sources{Source::given,     Source::trained,     Source::computed, Source::estimated,
                                 Source::simulated, Source::synthesised, Source::placed,   Source::measured};

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
    if (row.band > 0.0) json["band"] = row.band;
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
    row.band = reader.get<double>("band", 0.0);
    reader.finish();
    return row;
}

Json layers_json(const std::vector<Layer>& layers) {
    Json json = Json::array();
    for (const Layer& l : layers) {
        json.push_back({{"name", l.name},
                        {"lut", l.lut},
                        {"ff", l.ff},
                        {"carry", l.carry},
                        {"stages", {l.first_stage, l.last_stage}},
                        {"widths", l.widths},
                        {"source", "estimated"}});
    }
    return json;
}

std::vector<Layer> read_layers(JsonReader reader) {
    std::vector<Layer> layers;
    for (JsonReader& l : reader.elements()) {
        Layer layer{
            l.get<std::string>("name"),       l.get<double>("lut"), l.get<double>("ff"), l.get<double>("carry"), 0, 0,
            l.get<std::vector<int>>("widths")};
        const auto stages = l.get<std::vector<int>>("stages");
        if (stages.size() != 2) l.at("stages").fail("must be the first and the last stage");
        layer.first_stage = stages[0];
        layer.last_stage = stages[1];
        l.choice("source", source_names());
        l.finish();
        layers.push_back(std::move(layer));
    }
    return layers;
}

Json neurons_json(const std::vector<Neuron>& neurons) {
    Json json = Json::array();
    for (const Neuron& n : neurons)
        json.push_back({{"layer", n.layer}, {"index", n.index}, {"lut", n.lut}, {"ff", n.ff}, {"carry", n.carry}});
    return json;
}

std::vector<Neuron> read_neurons(JsonReader reader) {
    std::vector<Neuron> neurons;
    for (JsonReader& n : reader.elements()) {
        neurons.push_back({n.get<std::string>("layer"), n.get<int>("index"), n.get<double>("lut"), n.get<double>("ff"),
                           n.get<double>("carry")});
        n.finish();
    }
    return neurons;
}

Json comparisons_json(const std::vector<Comparison>& comparisons) {
    Json json = Json::array();
    for (const Comparison& c : comparisons) {
        json.push_back({{"quantity", c.quantity},
                        {"unit", c.unit},
                        {"estimated", c.estimated},
                        {"band", c.band},
                        {"measured", c.measured},
                        {"source", name(c.source)},
                        {"tool", c.tool}});
    }
    return json;
}

std::vector<Comparison> read_comparisons(JsonReader reader) {
    std::vector<Comparison> comparisons;
    for (JsonReader& c : reader.elements()) {
        comparisons.push_back({c.get<std::string>("quantity"), c.get<std::string>("unit"), c.get<double>("estimated"),
                               c.get<double>("band"), c.get<double>("measured"),
                               all_sources[c.choice("source", source_names())], c.get<std::string>("tool")});
        c.finish();
    }
    return comparisons;
}

Json design_json(const Design& design) {
    Json json = {{"adders", design.adders},
                 {"latency_cycles", design.latency_cycles},
                 {"latency_ns", design.latency_ns},
                 {"lut", design.lut},
                 {"ff", design.ff},
                 {"folder", design.folder}};
    if (design.test) json["test"] = *design.test;
    if (design.mismatches) json["mismatches"] = *design.mismatches;
    return json;
}

Design read_design(JsonReader reader) {
    Design design;
    if (reader.has("test")) design.test = reader.get<double>("test");
    design.adders = reader.get<std::int64_t>("adders");
    design.latency_cycles = reader.get<std::int64_t>("latency_cycles");
    design.latency_ns = reader.get<double>("latency_ns");
    design.lut = reader.get<double>("lut");
    design.ff = reader.get<double>("ff");
    if (reader.has("mismatches")) design.mismatches = reader.get<std::int64_t>("mismatches");
    design.folder = reader.get<std::string>("folder");
    reader.finish();
    return design;
}

Json front_json(const Front& front) {
    Json points = Json::array();
    for (const FrontPoint& p : front.points) {
        points.push_back({{"epoch", p.epoch},
                          {"ebops", p.ebops},
                          {"metric", p.metric},
                          {"expected", p.expected},
                          {"live_weights", p.live_weights},
                          {"picked", p.picked}});
        if (p.design) points.back()["design"] = design_json(*p.design);
    }
    return {{"metric_name", front.metric_name}, {"higher_is_better", front.higher_is_better}, {"points", points}};
}

Front read_front(JsonReader reader) {
    Front front;
    front.metric_name = reader.get<std::string>("metric_name");
    front.higher_is_better = reader.get<bool>("higher_is_better");
    for (JsonReader& p : reader.at("points").elements()) {
        front.points.push_back({p.get<std::int64_t>("epoch"), p.get<double>("ebops"), p.get<double>("metric"),
                                p.get<double>("expected"), p.get<std::int64_t>("live_weights"), p.get<bool>("picked")});
        if (p.has("design")) front.points.back().design = read_design(p.at("design"));
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
    case Source::placed:
        return "placed";
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
    json["layers"] = layers_json(report.layers);
    if (!report.neurons.empty()) json["neurons"] = neurons_json(report.neurons);
    if (!report.comparisons.empty()) json["comparisons"] = comparisons_json(report.comparisons);
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
    report.layers = read_layers(reader.at("layers"));
    if (reader.has("neurons")) report.neurons = read_neurons(reader.at("neurons"));
    if (reader.has("comparisons")) report.comparisons = read_comparisons(reader.at("comparisons"));
    if (reader.has("front")) report.front = read_front(reader.at("front"));
    reader.finish();
    return report;
}

} // namespace bitgrain::report
