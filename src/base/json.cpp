#include "base/json.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain {

Json read_json(const std::filesystem::path& path) { return parse_json(read_file(path), path.string()); }

Json parse_json(const std::string& text, const std::string& where) {
    try {
        return Json::parse(text);
    } catch (const Json::parse_error& error) {
        const std::size_t end = std::min(error.byte, text.size());
        const auto line = 1 + std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(end), '\n');
        const std::size_t start = text.rfind('\n', end == 0 ? 0 : end - 1);
        const std::size_t column = start == std::string::npos ? end : end - start - 1;
        std::string message = error.what();
        if (const auto at = message.rfind(": "); at != std::string::npos) message = message.substr(at + 2);
        throw Error("not valid JSON: " + message,
                    where + ":" + std::to_string(line) + ":" + std::to_string(std::max<std::size_t>(column, 1)));
    }
}

void JsonReader::fail(const std::string& message, const std::string& hint) const { throw Error(message, where_, hint); }

void JsonReader::require_object() const {
    if (!value_->is_object()) fail(std::string("must be an object { }, is ") + value_->type_name());
}

bool JsonReader::has(const std::string& key) {
    require_object();
    asked_.insert(key);
    return value_->contains(key);
}

JsonReader JsonReader::at(const std::string& key) {
    if (!has(key)) {
        const std::vector<std::string> present = keys();
        const auto close = nearest(key, present);
        fail("the key '" + key + "' is missing", close && !asked_.contains(*close) ? "is '" + *close + "' a misspelling of it?" : "");
    }
    return {value_->at(key), where_ + (where_.ends_with(':') ? " " : where_.find(": ") == std::string::npos ? ": " : ".") + key};
}

std::size_t JsonReader::choice(const std::string& key, const std::vector<std::string>& words) {
    const JsonReader field = at(key);
    const auto word = field.as<std::string>();
    const auto found = std::find(words.begin(), words.end(), word);
    if (found == words.end()) field.fail("'" + word + "' is not known here", suggestion(word, words));
    return static_cast<std::size_t>(found - words.begin());
}

std::size_t JsonReader::choice(const std::string& key, const std::vector<std::string>& words, std::size_t fallback) {
    return has(key) ? choice(key, words) : fallback;
}

std::vector<JsonReader> JsonReader::elements() const {
    if (!value_->is_array()) fail(std::string("must be a list [ ], is ") + value_->type_name());
    std::vector<JsonReader> result;
    for (std::size_t i = 0; i < value_->size(); ++i) {
        result.emplace_back((*value_)[i], where_ + "[" + std::to_string(i) + "]");
    }
    return result;
}

std::vector<std::string> JsonReader::keys() const {
    require_object();
    std::vector<std::string> result;
    for (const auto& [key, ignored] : value_->items()) result.push_back(key);
    return result;
}

void JsonReader::finish() const {
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    for (const std::string& key : keys()) {
        if (!asked_.contains(key)) fail("unknown key '" + key + "'", suggestion(key, known));
    }
}

template <>
bool JsonReader::as<bool>() const {
    if (!value_->is_boolean()) fail("must be true or false");
    return value_->get<bool>();
}

template <>
std::int64_t JsonReader::as<std::int64_t>() const {
    if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > INT64_MAX) fail("is too large");
    if (!value_->is_number_integer()) fail("must be an integer");
    return value_->get<std::int64_t>();
}

template <>
int JsonReader::as<int>() const {
    const auto value = as<std::int64_t>();
    if (value < INT32_MIN || value > INT32_MAX) fail("is out of range");
    return static_cast<int>(value);
}

template <>
std::size_t JsonReader::as<std::size_t>() const {
    const auto value = as<std::int64_t>();
    if (value < 0) fail("must not be negative");
    return static_cast<std::size_t>(value);
}

template <>
double JsonReader::as<double>() const {
    if (!value_->is_number()) fail("must be a number");
    return value_->get<double>();
}

template <>
std::string JsonReader::as<std::string>() const {
    if (!value_->is_string()) fail("must be a text in quotes");
    return value_->get<std::string>();
}

namespace {

template <class T>
std::vector<T> list_of(const JsonReader& reader) {
    std::vector<T> result;
    for (const JsonReader& element : reader.elements()) result.push_back(element.as<T>());
    return result;
}

} // namespace

template <>
std::vector<double> JsonReader::as<std::vector<double>>() const {
    return list_of<double>(*this);
}

template <>
std::vector<int> JsonReader::as<std::vector<int>>() const {
    return list_of<int>(*this);
}

template <>
std::vector<std::int64_t> JsonReader::as<std::vector<std::int64_t>>() const {
    return list_of<std::int64_t>(*this);
}

template <>
std::vector<std::size_t> JsonReader::as<std::vector<std::size_t>>() const {
    return list_of<std::size_t>(*this);
}

template <>
std::vector<std::string> JsonReader::as<std::vector<std::string>>() const {
    return list_of<std::string>(*this);
}

} // namespace bitgrain
