// Reading JSON that people write: every key is checked, an unknown key is an error that suggests the nearest known one,
// and every error names the file and the place inside it ("model.json: layers[2].units").
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace bitgrain {

/// Keeps the order of keys, so that equal content is equal bytes.
using Json = nlohmann::ordered_json;

/// Parses a file; a syntax error becomes Error with line and column.
Json read_json(const std::filesystem::path& path);
Json parse_json(const std::string& text, const std::string& where);

/// A view of one JSON value with its place. Take fields with `get`; call `finish()` when all are taken: keys that
/// nobody asked for are refused. The viewed Json must outlive the reader.
class JsonReader {
  public:
    JsonReader(const Json& value, std::string where) : value_(&value), where_(std::move(where)) {}

    const Json& json() const { return *value_; }
    const std::string& where() const { return where_; }

    bool has(const std::string& key);
    /// The field as a reader; Error when it is missing.
    JsonReader at(const std::string& key);
    /// Required and optional typed fields. T: bool, integer types, double, std::string, std::vector of these.
    template <class T>
    T get(const std::string& key) {
        return at(key).as<T>();
    }
    template <class T>
    T get(const std::string& key, T fallback) {
        return has(key) ? at(key).template as<T>() : fallback;
    }
    /// One of a list of words; returns its index.
    std::size_t choice(const std::string& key, const std::vector<std::string>& words);
    std::size_t choice(const std::string& key, const std::vector<std::string>& words, std::size_t fallback);

    /// The value itself.
    template <class T>
    T as() const;
    /// Elements of an array.
    std::vector<JsonReader> elements() const;
    /// Keys of an object, in file order.
    std::vector<std::string> keys() const;

    /// Refuses keys that were never asked for.
    void finish() const;

    [[noreturn]] void fail(const std::string& message, const std::string& hint = {}) const;

  private:
    void require_object() const;

    const Json* value_;
    std::string where_;
    std::set<std::string> asked_;
};

template <>
bool JsonReader::as<bool>() const;
template <>
std::int64_t JsonReader::as<std::int64_t>() const;
template <>
int JsonReader::as<int>() const;
template <>
std::size_t JsonReader::as<std::size_t>() const;
template <>
double JsonReader::as<double>() const;
template <>
std::string JsonReader::as<std::string>() const;
template <>
std::vector<double> JsonReader::as<std::vector<double>>() const;
template <>
std::vector<int> JsonReader::as<std::vector<int>>() const;
template <>
std::vector<std::int64_t> JsonReader::as<std::vector<std::int64_t>>() const;
template <>
std::vector<std::size_t> JsonReader::as<std::vector<std::size_t>>() const;
template <>
std::vector<std::string> JsonReader::as<std::vector<std::string>>() const;

} // namespace bitgrain
