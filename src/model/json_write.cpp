// Model -> model.json. The form is described in this folder's README.
#include "base/error.hpp"
#include "base/file.hpp"
#include "model/model.hpp"
#include "model/names.hpp"
#include "model/text.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::model {

namespace {

/// Whole numbers without ".0", to keep rows short.
Json number(double value) {
    if (value == std::floor(value) && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
    return value;
}

template <class Iterator>
Json number_list(Iterator first, Iterator last) {
    Json list = Json::array();
    for (; first != last; ++first)
        list.push_back(number(*first));
    return list;
}

Json number_list(const std::vector<double>& values) {
    return number_list(values.begin(), values.end());
}

/// The formats as columns; `format_of` picks the format of an element.
template <class Items, class FormatOf>
void put_formats(Json& json, const Items& items, FormatOf format_of) {
    Json sign = Json::array(), integer = Json::array(), fraction = Json::array();
    for (const auto& item : items) {
        const fx::Format& format = format_of(item);
        sign.push_back(format.sign ? 1 : 0);
        integer.push_back(format.integer);
        fraction.push_back(format.fraction);
    }
    json["sign"] = std::move(sign);
    json["integer"] = std::move(integer);
    json["fraction"] = std::move(fraction);
}

/// One word when all are equal, otherwise a list.
template <class WordOf>
Json words(const std::vector<fx::Cast>& casts, WordOf word_of) {
    Json list = Json::array();
    for (const fx::Cast& cast : casts)
        list.push_back(word_of(cast));
    const bool uniform = std::all_of(list.begin(), list.end(), [&](const Json& word) { return word == list[0]; });
    return uniform && !list.empty() ? list[0] : list;
}

struct Writer {
    Json& json;

    void operator()(const Affine& op) const {
        Json rows = Json::array();
        for (std::size_t i = 0; i < op.rows; ++i) {
            const auto row = op.weights.begin() + static_cast<std::ptrdiff_t>(i * op.columns);
            rows.push_back(number_list(row, row + static_cast<std::ptrdiff_t>(op.columns)));
        }
        json["weights"] = std::move(rows);
        json["bias"] = number_list(op.bias);
    }
    void operator()(const Cast& op) const {
        json["round"] = words(op.casts, [](const fx::Cast& cast) { return fx::name(cast.round); });
        json["overflow"] = words(op.casts, [](const fx::Cast& cast) { return fx::name(cast.overflow); });
        put_formats(json, op.casts, [](const fx::Cast& cast) -> const fx::Format& { return cast.format; });
    }
    void operator()(const Relu&) const {}
    void operator()(const Table& op) const {
        Json tables = Json::array();
        for (const Table::Content& table : op.tables) {
            Json entry;
            entry["sign"] = table.key.sign ? 1 : 0;
            entry["integer"] = table.key.integer;
            entry["fraction"] = table.key.fraction;
            entry["values"] = number_list(table.values);
            tables.push_back(std::move(entry));
        }
        json["tables"] = std::move(tables);
        json["index"] = op.index;
    }
    void operator()(const Gather& op) const { json["index"] = op.index; }
    void operator()(const Add&) const {}
    void operator()(const Mul&) const {}
    void operator()(const Reduce& op) const {
        json["kind"] = op.kind == Reduce::Kind::sum ? "sum" : "max";
        json["size"] = op.size;
    }
};

Json task_json(const Task& task) {
    Json json;
    switch (task.kind) {
    case Task::Kind::none:
        json["kind"] = "none";
        break;
    case Task::Kind::classification:
        json["kind"] = "classification";
        break;
    case Task::Kind::regression:
        json["kind"] = "regression";
        break;
    }
    if (!task.classes.empty()) json["classes"] = task.classes;
    if (!task.target_scale.empty()) json["target_scale"] = number_list(task.target_scale);
    if (!task.target_offset.empty()) json["target_offset"] = number_list(task.target_offset);
    return json;
}

} // namespace

Json to_json(const Model& model) {
    Json json;
    json["format"] = file_format;
    json["name"] = model.name;
    json["inputs"] = Json::array();
    for (const Input& input : model.inputs) {
        Json entry;
        entry["name"] = input.name;
        entry["shape"] = input.shape;
        put_formats(entry, input.formats, [](const fx::Format& format) -> const fx::Format& { return format; });
        if (input.round != Input{}.round) entry["round"] = rounding_names()[static_cast<std::size_t>(input.round)];
        if (input.overflow != Input{}.overflow) entry["overflow"] = fx::name(input.overflow);
        json["inputs"].push_back(std::move(entry));
    }
    json["steps"] = Json::array();
    for (const Step& step : model.steps) {
        Json entry;
        entry["op"] = op_name(step.op);
        entry["name"] = step.name;
        entry["operands"] = step.operands;
        std::visit(Writer{entry}, step.op);
        json["steps"].push_back(std::move(entry));
    }
    json["outputs"] = Json::array();
    for (const Output& output : model.outputs) {
        Json entry;
        entry["name"] = output.name;
        entry["shape"] = output.shape;
        entry["value"] = output.value;
        json["outputs"].push_back(std::move(entry));
    }
    json["task"] = task_json(model.task);
    json["facts"] = model.facts;
    return json;
}

std::string to_text(const Model& model) {
    return json_text(to_json(model));
}

void write(const std::filesystem::path& path, const Model& model) {
    write_file(path, to_text(model));
}

} // namespace bitgrain::model
