#include "rtl/template_file.hpp"

#include "base/error.hpp"
#include "base/file.hpp"

#include <string_view>

namespace bitgrain::rtl {

std::string fill(const std::filesystem::path& path, const Values& values) {
    constexpr std::string_view key_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    const std::string text = read_file(path);
    std::string result;
    std::size_t done = 0;
    for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at)) {
        const std::size_t end = text.find_first_not_of(key_letters, at + 1);
        const bool is_key = end != std::string::npos && text[end] == '@' && end > at + 1;
        if (!is_key) {
            ++at;
            continue;
        }
        const auto value = values.find(text.substr(at + 1, end - at - 1));
        if (value == values.end()) {
            throw Error("has a placeholder that is not known: " + text.substr(at, end + 1 - at), path.string());
        }
        result.append(text, done, at - done).append(value->second);
        done = at = end + 1;
    }
    return result.append(text, done);
}

} // namespace bitgrain::rtl
