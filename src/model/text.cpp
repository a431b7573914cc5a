#include "model/text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <string_view>

namespace bitgrain::model {

namespace {

constexpr std::size_t line_length = 120;

std::string number_text(double value) {
    if (!std::isfinite(value)) return "null"; // JSON has no word for it
    std::array<char, 40> buffer{};
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
    std::string text(buffer.data(), end);
    if (text.find_first_of(".e") == std::string::npos) text += ".0"; // stays a floating-point number when read back
    return text;
}

std::string scalar_text(const Json& json) {
    if (json.is_number_float()) return number_text(json.get<double>());
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string key_text(const std::string& key) {
    return scalar_text(Json(key)) + ": ";
}

/// Appends the one-line form; false (with a part appended) as soon as the text is longer than `limit`.
bool append_line(const Json& json, std::string& text, std::size_t limit) {
    if (!json.is_structured()) {
        text += scalar_text(json);
        return text.size() <= limit;
    }
    text += json.is_object() ? '{' : '[';
    bool first = true;
    for (const auto& item : json.items()) {
        if (!first) text += ", ";
        first = false;
        if (json.is_object()) text += key_text(item.key());
        if (!append_line(item.value(), text, limit)) return false;
    }
    text += json.is_object() ? '}' : ']';
    return text.size() <= limit;
}

bool is_flat(const Json& json) {
    if (!json.is_array()) return false;
    for (const Json& element : json) {
        if (element.is_structured()) return false;
    }
    return true;
}

class Printer {
  public:
    std::string take() { return std::move(text_); }

    /// `column` is where the value starts; its further lines are indented by one more than `indent`.
    void print(const Json& json, std::size_t indent, std::size_t column) {
        std::string line;
        if (append_line(json, line, column < line_length ? line_length - column : 0)) {
            text_ += line;
        } else if (!json.is_structured()) {
            text_ += scalar_text(json);
        } else {
            // Objects and lists of scalars hug their brackets, except the outermost one; lists of lists do not.
            const bool object = json.is_object(), pack = object || is_flat(json), hug = pack && indent > 0;
            text_ += object ? '{' : '[';
            fill(json, indent + 1, pack, hug);
            if (!hug) new_line(indent);
            text_ += object ? '}' : ']';
        }
    }

  private:
    void new_line(std::size_t indent) {
        text_ += '\n';
        text_.append(indent, ' ');
        line_start_ = text_.size() - indent;
    }

    /// Members in lines as full as they get (`pack`) or one per line. A member too long for a line has its own lines.
    void fill(const Json& json, std::size_t indent, bool pack, bool hug) {
        bool first = true, fresh = false;
        for (const auto& item : json.items()) {
            std::string member = json.is_object() ? key_text(item.key()) : std::string();
            const std::size_t key = member.size();
            const bool short_member = append_line(item.value(), member, line_length - indent - 1);
            const bool room = text_.size() - line_start_ + member.size() + 3 <= line_length;
            if (!first) text_ += ',';
            if (first ? !hug : fresh || !pack || !short_member || !room) {
                new_line(indent);
            } else if (!first) {
                text_ += ' ';
            }
            first = false;
            fresh = !short_member;
            if (short_member) {
                text_ += member;
            } else if (is_flat(item.value()) && json.is_array()) {
                std::string row;
                append_line(item.value(), row, std::string::npos); // one row of a matrix, however long
                text_ += row;
            } else {
                text_ += std::string_view(member).substr(0, key);
                print(item.value(), indent, indent + key);
            }
        }
    }

    std::string text_;
    std::size_t line_start_ = 0;
};

} // namespace

std::string json_text(const Json& json) {
    Printer printer;
    printer.print(json, 0, 0);
    return printer.take() + "\n";
}

} // namespace bitgrain::model
