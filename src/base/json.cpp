#include "base/json.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/nearest.hpp"

#include <algorithm>
#include <iterator>

namespace bitgrain {

Json read_json(const std::filesystem::path& path) {
    return parse_json(read_file(path), path.string());
}

namespace {

/// file:line:column of a byte, all from 1.
std::string place(const std::string& text, std::size_t byte, const std::string& where) {
    const std::size_t position = std::min(byte == 0 ? 0 : byte - 1, text.size());
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(position);
    const auto line = 1 + std::count(text.begin(), end, '\n');
    const auto start = std::find(std::make_reverse_iterator(end), text.rend(), '\n').base();
    return where + ":" + std::to_string(line) + ":" + std::to_string(1 + (end - start));
}

/// The library's message without its own prefix ("[json.exception...] parse error at line 1, column 2: ").
std::string plain(std::string message) {
    if (const auto bracket = message.find("] "); bracket != std::string::npos) message.erase(0, bracket + 2);
    if (message.starts_with("parse error at")) {
        if (const auto colon = message.find(": "); colon != std::string::npos) message.erase(0, colon + 2);
    }
    // It quotes what was read last, which may be the whole file.
    constexpr std::size_t head = 120, tail = 40;
    if (message.size() > head + tail) message.replace(head, message.size() - head - tail, "...");
    return message;
}

} // namespace

Json parse_json(const std::string& text, const std::string& where) {
    // JSON allows a key twice and the last one wins; a person who wrote it twice expects something else.
    std::vector<std::set<std::string>> keys;
    const auto refuse_twice = [&](int depth, Json::parse_event_t event, Json& value) {
        const auto level = static_cast<std::size_t>(depth);
        if (event == Json::parse_event_t::object_start) {
            keys.resize(level + 1);
            keys[level].clear();
        } else if (event == Json::parse_event_t::key) {
            const auto& key = value.get_ref<const std::string&>();
            if (!keys[level - 1].insert(key).second) throw Error("the key '" + key + "' is there twice", where);
        }
        return true;
    };
    try {
        return Json::parse(text, refuse_twice);
    } catch (const Json::parse_error& error) {
        throw Error("not valid JSON: " + plain(error.what()), place(text, error.byte, where));
    } catch (const Json::exception& error) {
        throw Error("not valid JSON: " + plain(error.what()), where);
    }
}

void JsonReader::fail(const std::string& message, const std::string& hint) const {
    throw Error(message, where_.ends_with(':') ? where_.substr(0, where_.size() - 1) : where_, hint);
}

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
        fail("the key '" + key + "' is missing",
             close && !asked_.contains(*close) ? "is '" + *close + "' a misspelling of it?" : "");
    }
    return {value_->at(key), where_ +
                                 (where_.ends_with(':')                    ? " "
                                  : where_.find(": ") == std::string::npos ? ": "
                                                                           : ".") +
                                 key};
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
    for (const auto& [key, ignored] : value_->items())
        result.push_back(key);
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
    for (const JsonReader& element : reader.elements())
        result.push_back(element.as<T>());
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
