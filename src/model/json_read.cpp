// model.json -> Model. Every key is checked; an error names the place down to the number ("steps[2].weights[3][5]").
// Long lists are read from the Json directly: a JsonReader per number would cost more than parsing the file.
#include "base/error.hpp"
#include "base/json.hpp"
#include "model/model.hpp"
#include "model/names.hpp"

#include <array>
#include <type_traits>

namespace bitgrain::model {

namespace {

std::string indexed(const std::string& where, std::size_t i) {
    return where + "[" + std::to_string(i) + "]";
}

template <class T>
void append(std::vector<T>& list, const Json& json, const std::string& where) {
    if (!json.is_array()) throw Error(std::string("must be a list [ ], is ") + json.type_name(), where);
    list.reserve(list.size() + json.size());
    for (std::size_t i = 0; i < json.size(); ++i) {
        const Json& element = json[i];
        if constexpr (std::is_same_v<T, double>) {
            if (!element.is_number()) throw Error("must be a number", indexed(where, i));
            list.push_back(element.template get<double>());
        } else {
            if (!element.is_number_integer()) throw Error("must be an integer", indexed(where, i));
            list.push_back(JsonReader(element, indexed(where, i)).template as<T>());
        }
    }
}

template <class T>
std::vector<T> list(JsonReader& reader, const std::string& key) {
    const JsonReader field = reader.at(key);
    std::vector<T> result;
    append(result, field.json(), field.where());
    return result;
}

std::vector<double> optional_numbers(JsonReader& reader, const std::string& key) {
    return reader.has(key) ? list<double>(reader, key) : std::vector<double>{};
}

bool sign_of(std::int64_t value, const std::string& where) {
    if (value != 0 && value != 1) throw Error("must be 0 (unsigned) or 1 (signed)", where);
    return value == 1;
}

std::vector<fx::Format> formats(JsonReader& reader) {
    const auto sign = list<std::int64_t>(reader, "sign");
    const auto integer = list<int>(reader, "integer");
    const auto fraction = list<int>(reader, "fraction");
    if (sign.size() != integer.size() || sign.size() != fraction.size()) {
        reader.fail("sign, integer and fraction must have equally many entries, have " + std::to_string(sign.size()) +
                    ", " + std::to_string(integer.size()) + " and " + std::to_string(fraction.size()));
    }
    std::vector<fx::Format> result(sign.size());
    for (std::size_t i = 0; i < result.size(); ++i) {
        result[i] = {sign_of(sign[i], indexed(reader.at("sign").where(), i)), integer[i], fraction[i]};
    }
    return result;
}

/// One word for all elements or a list of words; returns positions in `known`.
std::vector<std::size_t> words(JsonReader& reader, const std::string& key, const std::vector<std::string>& known,
                               std::size_t count) {
    if (!reader.at(key).json().is_array()) return std::vector<std::size_t>(count, reader.choice(key, known));
    std::vector<std::size_t> result;
    for (const JsonReader& element : reader.at(key).elements()) {
        const auto word = element.as<std::string>();
        std::size_t at = 0;
        while (at < known.size() && known[at] != word)
            ++at;
        if (at == known.size()) element.fail("'" + word + "' is not known here");
        result.push_back(at);
    }
    if (result.size() != count) {
        reader.at(key).fail(std::to_string(result.size()) + " words for " + std::to_string(count) + " formats");
    }
    return result;
}

Affine read_affine(JsonReader& reader) {
    Affine op;
    const JsonReader rows = reader.at("weights");
    if (!rows.json().is_array()) rows.fail("must be a list of rows");
    op.rows = rows.json().size();
    for (std::size_t i = 0; i < op.rows; ++i) {
        const std::size_t before = op.weights.size();
        append(op.weights, rows.json()[i], indexed(rows.where(), i));
        const std::size_t columns = op.weights.size() - before;
        if (i == 0) op.columns = columns;
        if (columns != op.columns) {
            throw Error("the row has " + std::to_string(columns) + " numbers, the first one has " +
                            std::to_string(op.columns),
                        indexed(rows.where(), i));
        }
    }
    op.bias = list<double>(reader, "bias");
    return op;
}

constexpr std::array rounds{fx::Round::trn, fx::Round::rnd, fx::Round::rnd_conv};
constexpr std::array overflows{fx::Overflow::wrap, fx::Overflow::sat, fx::Overflow::sat_sym};

template <class List>
std::vector<std::string> names_of(const List& known) {
    std::vector<std::string> names;
    names.reserve(known.size());
    for (const auto& item : known)
        names.emplace_back(fx::name(item));
    return names;
}

Cast read_cast(JsonReader& reader) {
    const std::vector<fx::Format> targets = formats(reader);
    const auto round = words(reader, "round", names_of(rounds), targets.size());
    const auto overflow = words(reader, "overflow", names_of(overflows), targets.size());
    Cast op;
    for (std::size_t i = 0; i < targets.size(); ++i) {
        op.casts.push_back({targets[i], rounds[round[i]], overflows[overflow[i]]});
    }
    return op;
}

Table read_table(JsonReader& reader) {
    Table op;
    for (JsonReader& entry : reader.at("tables").elements()) {
        Table::Content& table = op.tables.emplace_back();
        table.key.sign = sign_of(entry.get<std::int64_t>("sign"), entry.at("sign").where());
        table.key.integer = entry.get<int>("integer");
        table.key.fraction = entry.get<int>("fraction");
        table.values = list<double>(entry, "values");
        entry.finish();
    }
    op.index = list<std::size_t>(reader, "index");
    return op;
}

Op read_op(JsonReader& reader) {
    switch (reader.choice("op", op_names())) {
    case 0:
        return read_affine(reader);
    case 1:
        return read_cast(reader);
    case 2:
        return Relu{};
    case 3:
        return read_table(reader);
    case 4:
        return Gather{list<std::int64_t>(reader, "index")};
    case 5:
        return Add{};
    case 6:
        return Mul{};
    default:
        break;
    }
    Reduce op;
    op.kind = reader.choice("kind", {"sum", "max"}) == 0 ? Reduce::Kind::sum : Reduce::Kind::max;
    op.size = reader.get<std::size_t>("size");
    return op;
}

Task read_task(JsonReader reader) {
    Task task;
    task.kind = static_cast<Task::Kind>(reader.choice("kind", {"none", "classification", "regression"}));
    task.classes = reader.get<std::vector<std::string>>("classes", {});
    task.target_scale = optional_numbers(reader, "target_scale");
    task.target_offset = optional_numbers(reader, "target_offset");
    reader.finish();
    return task;
}

} // namespace

Model from_json(const Json& json, const std::string& where) {
    JsonReader reader(json, where);
    if (const JsonReader format = reader.at("format"); format.json() != file_format) {
        format.fail("is not '" + std::string(file_format) + "'", "is this file a model.json of this version?");
    }
    Model model;
    model.name = reader.get<std::string>("name");
    for (JsonReader& entry : reader.at("inputs").elements()) {
        Input& input = model.inputs.emplace_back();
        input.name = entry.get<std::string>("name");
        input.shape = list<std::size_t>(entry, "shape");
        input.formats = formats(entry);
        if (entry.has("round")) input.round = static_cast<Rounding>(entry.choice("round", rounding_names()));
        if (entry.has("overflow")) input.overflow = overflows[entry.choice("overflow", names_of(overflows))];
        entry.finish();
    }
    for (JsonReader& entry : reader.at("steps").elements()) {
        Step& step = model.steps.emplace_back();
        step.name = entry.get<std::string>("name");
        step.operands = list<std::size_t>(entry, "operands");
        step.op = read_op(entry);
        entry.finish();
    }
    for (JsonReader& entry : reader.at("outputs").elements()) {
        Output& output = model.outputs.emplace_back();
        output.name = entry.get<std::string>("name");
        output.shape = list<std::size_t>(entry, "shape");
        output.value = entry.get<std::size_t>("value");
        entry.finish();
    }
    if (reader.has("task")) model.task = read_task(reader.at("task"));
    if (reader.has("facts")) model.facts = reader.at("facts").json();
    reader.finish();
    validate(model, where);
    return model;
}

Model read(const std::filesystem::path& path) {
    return from_json(read_json(path), path.string());
}

} // namespace bitgrain::model
