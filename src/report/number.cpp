#include "report/number.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>

namespace bitgrain::report {

std::string number(double value, int digits) {
    std::array<char, 64> text{};
    const double magnitude = std::fabs(value);
    if (value == 0.0 || (magnitude >= 1e-4 && magnitude < 1e15)) {
        // A fixed number of significant digits, but never fewer than the integer part has.
        const int integer_digits = value == 0.0 ? 1 : static_cast<int>(std::floor(std::log10(magnitude))) + 1;
        std::snprintf(text.data(), text.size(), "%.*f", std::max(digits - integer_digits, 0), value);
    } else {
        std::snprintf(text.data(), text.size(), "%.*g", digits, value);
    }
    std::string result = text.data();
    if (result.find('.') != std::string::npos && result.find('e') == std::string::npos) {
        result.erase(result.find_last_not_of('0') + 1);
        if (result.back() == '.') result.pop_back();
    }
    return result == "-0" ? "0" : result;
}

Shown shown(const Row& row) {
    if (const auto* text = std::get_if<std::string>(&row.value)) return {*text, row.unit};
    if (const auto* integer = std::get_if<std::int64_t>(&row.value)) {
        return row.unit == "ratio" ? Shown{number(100.0 * static_cast<double>(*integer), 4), "%"}
                                   : Shown{std::to_string(*integer), row.unit};
    }
    const double value = std::get<double>(row.value);
    return row.unit == "ratio" ? Shown{number(100.0 * value, 4), "%"} : Shown{number(value), row.unit};
}

std::string shown_band(double band) {
    return band > 0.0 ? "± " + number(100.0 * band, 2) + " %" : std::string();
}

std::string shown_note(const Row& row) {
    const std::string band = shown_band(row.band);
    return band.empty() || row.note.empty() ? band + row.note : band + ", " + row.note;
}

std::string shown_metric(const std::string& metric_name, double metric) {
    return metric_name == "accuracy" ? number(100.0 * metric, 4) + " %" : number(metric);
}

} // namespace bitgrain::report
