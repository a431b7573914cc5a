#include "nn/functions.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>

namespace bitgrain::nn {

namespace {

constexpr double most_exponent = 60.0;

double sigmoid(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

/// The normal distribution.
double below(double x) {
    return 0.5 * std::erfc(-x / std::numbers::sqrt2);
}

} // namespace

const std::vector<std::string>& function_names() {
    static const std::vector<std::string> names{"tanh", "sigmoid", "exp", "sqrt", "square", "softplus", "silu", "gelu"};
    return names;
}

double value_of(Function function, double x) {
    switch (function) {
    case Function::tanh:
        return std::tanh(x);
    case Function::sigmoid:
        return sigmoid(x);
    case Function::exp:
        return std::exp(std::min(x, most_exponent));
    case Function::sqrt:
        return std::sqrt(std::max(x, 0.0));
    case Function::square:
        return x * x;
    case Function::softplus:
        return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
    case Function::silu:
        return x * sigmoid(x);
    case Function::gelu:
        return x * below(x);
    }
    return 0.0;
}

double slope_of(Function function, double x) {
    switch (function) {
    case Function::tanh: {
        const double y = std::tanh(x);
        return 1.0 - y * y;
    }
    case Function::sigmoid:
        return sigmoid(x) * sigmoid(-x);
    case Function::exp:
        return x < most_exponent ? std::exp(x) : 0.0;
    case Function::sqrt:
        return x > 0.0 ? 0.5 / std::sqrt(x) : 0.0;
    case Function::square:
        return 2.0 * x;
    case Function::softplus:
        return sigmoid(x);
    case Function::silu:
        return sigmoid(x) * (1.0 + x * sigmoid(-x));
    case Function::gelu:
        return below(x) + x * std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi / std::numbers::sqrt2;
    }
    return 0.0;
}

model::Table tabulate(Function function, const std::vector<fx::Cast>& keys, const std::vector<fx::Cast>& results,
                      Rounding rounding) {
    const auto fields = [](const fx::Format& f) { return std::tuple(f.sign, f.integer, f.fraction); };
    std::map<std::tuple<decltype(fields({})), decltype(fields({}))>, std::size_t> known;
    model::Table table;
    for (std::size_t e = 0; e < keys.size(); ++e) {
        const fx::Format& key = keys[e].format;
        const auto [found, is_new] = known.try_emplace({fields(key), fields(results[e].format)}, table.tables.size());
        table.index.push_back(found->second);
        if (!is_new) continue;
        model::Table::Content& content = table.tables.emplace_back();
        content.key = key;
        for (std::int64_t code = key.min_code(); code <= key.max_code(); ++code)
            content.values.push_back(
                model::cast(value_of(function, fx::to_double(code, key.fraction)), results[e], rounding));
    }
    return table;
}

} // namespace bitgrain::nn
