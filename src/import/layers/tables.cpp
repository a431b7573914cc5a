#include "import/layers/tables.hpp"

#include "fx/arithmetic.hpp"
#include "import/activation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace bitgrain::import {

namespace {

/// Keys that hardware can still look up, with much room, and entries of all tables of a layer.
constexpr int max_key_bits = 16;
constexpr std::size_t max_entries = std::size_t{1} << 24;

double logistic(double x) {
    return 1.0 / (1.0 + std::exp(-x));
}

using Plain = double (*)(double);
constexpr std::array<std::pair<const char*, Plain>, 13> functions{{
    {"linear", [](double x) { return x; }},
    {"relu", [](double x) { return std::max(x, 0.0); }},
    {"relu6", [](double x) { return std::clamp(x, 0.0, 6.0); }},
    {"tanh", [](double x) { return std::tanh(x); }},
    {"sigmoid", logistic},
    {"hard_sigmoid", [](double x) { return std::clamp(x / 6.0 + 0.5, 0.0, 1.0); }},
    {"exponential", [](double x) { return std::exp(x); }},
    {"softplus", [](double x) { return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x))); }},
    {"softsign", [](double x) { return x / (1.0 + std::abs(x)); }},
    {"silu", [](double x) { return x * logistic(x); }},
    {"gelu", [](double x) { return 0.5 * x * std::erfc(-x / std::numbers::sqrt2); }},
    {"elu", [](double x) { return x > 0.0 ? x : std::expm1(x); }},
    {"leaky_relu", [](double x) { return x > 0.0 ? x : 0.2 * x; }},
}};

std::tuple<bool, int, int> key_of(const fx::Format& format) {
    return {format.sign, format.integer, format.fraction};
}

} // namespace

Function read_function(const JsonReader& key) {
    const std::string word = function_name(key);
    std::string known;
    for (const auto& [name, function] : functions) {
        if (word == name) return function;
        known += (known.empty() ? "" : ", ") + std::string(name);
    }
    key.fail("the activation \"" + word + "\" is not supported", "supported in tables: " + known);
}

void Tables::add(const Quantizer& in, const Quantizer& out, std::size_t element, const std::vector<double>& identity,
                 const Function& function) {
    const fx::Format& key = in.casts[element].format;
    const fx::Format format = key.is_zero() ? fx::Format{} : key;
    const fx::Cast& cast = out.casts[element];
    const auto [found, is_new] = known_.emplace(
        Identity{identity, key_of(format), key_of(cast.format), out.rounding, cast.overflow}, table_.tables.size());
    table_.index.push_back(found->second);
    if (!is_new) return;
    if (format.width() > max_key_bits) {
        context_.fail("a table has a key of " + std::to_string(format.width()) + " bits, at most " +
                      std::to_string(max_key_bits) + " are possible");
    }
    entries_ += static_cast<std::size_t>(format.max_code() - format.min_code() + 1);
    if (entries_ > max_entries) context_.fail("the tables are too large to unroll");
    model::Table::Content content{format, {}};
    for (std::int64_t code = format.min_code(); code <= format.max_code(); ++code) {
        const double value = function(fx::to_double(code, format.fraction));
        if (!std::isfinite(value)) context_.fail("a table value is not a finite number");
        content.values.push_back(model::cast(value, cast, out.rounding));
        // The error of the function's argument, then of the function. What single precision holds is no accident: 1/2.
        const double error = (4.0 + std::abs(fx::to_double(code, format.fraction))) * std::exp2(-24) * std::abs(value);
        const bool exact = static_cast<double>(static_cast<float>(value)) == value;
        if (!exact && model::cast(value - error, cast, out.rounding) != model::cast(value + error, cast, out.rounding))
            ++context_.notes().uncertain_entries;
    }
    table_.tables.push_back(std::move(content));
}

Tensor look_up(Context& context, const Tensor& x, const Quantizer& in, const Quantizer& out, const Function& function) {
    Tables tables(context);
    for (std::size_t e = 0; e < x.size(); ++e)
        tables.add(in, out, e, {}, function);
    Builder& builder = context.builder();
    return builder.table(context.name(), context.cast(x, in), tables.take());
}

} // namespace bitgrain::import
