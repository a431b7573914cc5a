#include "base/nearest.hpp"

#include <algorithm>
#include <vector>

namespace bitgrain {

namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i)
        d[i][0] = i;
    for (std::size_t j = 0; j <= b.size(); ++j)
        d[0][j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        for (std::size_t j = 1; j <= b.size(); ++j) {
            d[i][j] = std::min({d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
                d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
            }
        }
    }
    return d[a.size()][b.size()];
}

} // namespace

std::optional<std::string> nearest(std::string_view typed, std::span<const std::string> known) {
    std::optional<std::string> best;
    std::size_t best_distance = std::max<std::size_t>(typed.size() / 2, 1) + 1;
    for (const std::string& name : known) {
        const bool abbreviated = typed.size() > 1 && std::string_view(name).starts_with(typed);
        const std::size_t distance =
            abbreviated ? std::min<std::size_t>(edit_distance(typed, name), 1) : edit_distance(typed, name);
        if (distance < best_distance) {
            best_distance = distance;
            best = name;
        }
    }
    return best;
}

std::string suggestion(std::string_view typed, std::span<const std::string> known) {
    if (const auto name = nearest(typed, known)) return "did you mean '" + *name + "'?";
    std::string text;
    for (const std::string& name : known)
        text += (text.empty() ? "known: " : ", ") + name;
    return text;
}

} // namespace bitgrain
