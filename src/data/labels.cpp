#include "data/labels.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "data/cell.hpp"

#include <algorithm>
#include <optional>

namespace bitgrain::data {

namespace {

using Place = std::function<std::string(std::size_t)>;

bool are_numbers(const std::vector<std::string>& texts) {
    return std::all_of(texts.begin(), texts.end(),
                       [](const std::string& text) { return parse_number(text).has_value(); });
}

/// One spelling for each integer.
std::string canonical(const std::string& text) {
    const auto value = parse_number(text);
    return value && is_integer(*value) ? std::to_string(static_cast<std::int64_t>(*value)) : text;
}

void check_integers(const RawLabels& raw, const Place& place) {
    for (std::size_t i = 0; i < raw.texts.size(); ++i) {
        if (is_integer(parse_number(raw.texts[i]).value_or(0))) continue;
        throw Error("the label " + shown(raw.texts[i]) + " is a number but not an integer", place(raw.first_seen[i]),
                    "classes are integers or words; a continuous target is a regression");
    }
}

std::vector<std::string> sorted_names(std::vector<std::string> names, bool by_value) {
    std::sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
        return by_value ? parse_number(a) < parse_number(b) : a < b;
    });
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

} // namespace

void RawLabels::add(std::string_view text, std::size_t seen_at) {
    auto found = known_.find(text);
    if (found == known_.end()) {
        found = known_.emplace(text, static_cast<std::int32_t>(texts.size())).first;
        texts.emplace_back(text);
        first_seen.push_back(seen_at);
    }
    ids.push_back(found->second);
}

Classes encode_labels(const RawLabels& raw, const std::vector<std::string>& fixed, const Place& place) {
    const bool numbers = are_numbers(raw.texts);
    if (numbers && fixed.empty()) check_integers(raw, place);
    std::vector<std::string> spelled(raw.texts);
    if (numbers) std::transform(spelled.begin(), spelled.end(), spelled.begin(), canonical);

    Classes classes;
    classes.names = fixed.empty() ? sorted_names(spelled, numbers) : fixed;
    std::map<std::string, std::int32_t> index;
    for (std::size_t i = 0; i < classes.names.size(); ++i) {
        index.emplace(classes.names[i], static_cast<std::int32_t>(i));
    }
    std::vector<std::int32_t> class_of_text;
    for (std::size_t i = 0; i < spelled.size(); ++i) {
        auto found = index.find(raw.texts[i]); // as it stands first: fixed names may be spelled in any way
        if (found == index.end()) found = index.find(spelled[i]);
        if (found == index.end()) {
            throw Error("the class " + shown(raw.texts[i]) + " is not one of the known classes",
                        place(raw.first_seen[i]), suggestion(raw.texts[i], fixed));
        }
        class_of_text.push_back(found->second);
    }
    classes.labels.reserve(raw.ids.size());
    for (const std::int32_t id : raw.ids)
        classes.labels.push_back(class_of_text[static_cast<std::size_t>(id)]);
    return classes;
}

} // namespace bitgrain::data
