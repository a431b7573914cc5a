// The section "model": what training recorded in the model's facts.
#include "report/collect.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::report {

namespace {

enum class Kind { metric, plain, given, hidden };

/// How a known fact is shown; "%" in a text stands for the metric's name.
struct Known {
    const char* key;
    const char* name;
    Kind kind;
    Source source;
    const char* note;
};

constexpr std::array known_facts{
    Known{"float_validation", "float %", Kind::metric, Source::trained, "validation data"},
    Known{"float_test", "float %", Kind::metric, Source::trained, "test data"},
    Known{"validation", "quantised %", Kind::metric, Source::computed, "validation data"},
    Known{"test", "quantised %", Kind::metric, Source::computed, "test data"},
    Known{"expected", "expected %", Kind::metric, Source::estimated, "unseen data, without the luck of the choice"},
    Known{"ebops", "EBOPs", Kind::plain, Source::trained, "declared widths, HGQ 2's counter"},
    Known{"ebops_in_file", "EBOPs in the file", Kind::plain, Source::trained, "as training stored them"},
    Known{"ebops_enclosed", "EBOPs", Kind::plain, Source::computed, "enclosed bits, HGQ 1's counter"},
    Known{"uncertain_table_entries", "uncertain table entries", Kind::plain, Source::computed,
          "single precision may round these to the neighbour"},
    Known{"live_weights", "live weights", Kind::plain, Source::trained, ""},
    Known{"pick", "picked by", Kind::given, Source::given, ""},
    Known{"epoch", "epoch", Kind::plain, Source::trained, ""},
    Known{"seed", "seed", Kind::given, Source::given, ""},
    Known{"ranges", "integer bits", Kind::given, Source::given, ""},
    Known{"cover", "cover", Kind::given, Source::given, "factor on the calibrated ranges"},
    Known{"overflow", "overflow", Kind::given, Source::computed, "of a quantizer, on test data"},
    Known{"imported_from", "imported from", Kind::given, Source::given, ""},
    Known{"keras_version", "Keras", Kind::given, Source::given, ""},
    Known{"experiment", "", Kind::hidden, Source::given, ""},
    Known{"data_sha256", "", Kind::hidden, Source::given, ""}, // it is in the manifest
    Known{"metric_name", "", Kind::hidden, Source::given, ""},
    Known{"metric_cutoff", "", Kind::hidden, Source::given, ""},
    Known{"validation_rows", "", Kind::hidden, Source::given, ""},
    Known{"test_rows", "", Kind::hidden, Source::given, ""},
    Known{"weights", "", Kind::hidden, Source::given, ""},
};

/// Nothing for lists and objects: they are for machines.
std::optional<Value> value_of(const Json& json) {
    if (json.is_string()) return json.get<std::string>();
    if (json.is_number_integer()) return json.get<std::int64_t>();
    if (json.is_number()) return json.get<double>();
    return std::nullopt;
}

std::string count_note(const Json& facts, const std::string& key, const std::string& before, const std::string& after) {
    return facts.contains(key) ? before + facts.at(key).dump() + after : std::string();
}

std::optional<Row> fact_row(const Json& facts, const std::string& key) {
    std::optional<Value> value = value_of(facts.at(key));
    if (!value) return std::nullopt;
    const auto known =
        std::find_if(known_facts.begin(), known_facts.end(), [&](const Known& k) { return key == k.key; });
    if (known == known_facts.end()) return Row{key, key, std::move(*value), "", Source::trained, ""};
    if (known->kind == Kind::hidden) return std::nullopt;
    const Json metric = facts.value("metric_name", Json("metric"));
    Row row{key, known->name, std::move(*value), "", known->source, known->note};
    if (known->kind == Kind::metric) {
        row.name.replace(row.name.find('%'), 1, metric.get<std::string>());
        if (metric == "accuracy") row.unit = "ratio";
        row.note += count_note(facts, key + "_rows", ", ", " rows");
    }
    if (key == "live_weights") row.note = count_note(facts, "weights", "of ", "");
    return row;
}

} // namespace

Section model_section(const model::Model& model) {
    Section section{"model", "Model", {}};
    std::vector<std::string> keys; // known facts in the order of the table, then what else there is
    for (const Known& known : known_facts) {
        if (model.facts.contains(known.key)) keys.emplace_back(known.key);
    }
    for (const auto& [key, ignored] : model.facts.items()) {
        if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
    }
    for (const std::string& key : keys) {
        if (auto row = fact_row(model.facts, key)) section.rows.push_back(std::move(*row));
    }
    std::size_t inputs = 0, outputs = 0;
    for (const model::Input& input : model.inputs)
        inputs += input.formats.size();
    for (const model::Output& output : model.outputs)
        outputs += model::value_size(model, output.value);
    for (const auto& [key, count] : {std::pair{"inputs", inputs}, std::pair{"outputs", outputs}}) {
        section.rows.push_back({key, key, static_cast<std::int64_t>(count), "", Source::computed, ""});
    }
    return section;
}

Row metric_row(const std::string& key, const std::string& name, const std::string& metric_name, double metric,
               Source source, const std::string& note) {
    return {key, name, metric, metric_name == "accuracy" ? "ratio" : "", source, note};
}

} // namespace bitgrain::report
