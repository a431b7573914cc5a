#include "import/quantizer.hpp"

#include "base/error.hpp"

#include <cmath>
#include <numeric>

namespace bitgrain::import {

namespace {

/// Formats of trained networks stay far inside; beyond it the file is damaged.
constexpr double max_exponent = 200;

struct Settings {
    bool kbi = false; ///< widths are stored as (k, b, i) instead of (k, i, f)
    model::Rounding round = model::Rounding::rnd;
    fx::Overflow overflow = fx::Overflow::wrap;
    bool weight = false;
};

std::string upper(std::string word) {
    for (char& c : word)
        c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return word;
}

/// Both cases are in use ("wrap"). `before` may stand before each word.
std::size_t word(JsonReader& config, const std::string& key, const std::vector<std::string>& known,
                 const std::string& before = {}) {
    auto value = upper(config.get<std::string>(key));
    if (!before.empty() && value.starts_with(before)) value.erase(0, before.size());
    std::string list;
    for (std::size_t i = 0; i < known.size(); ++i) {
        if (known[i] == value) return i;
        list += (i == 0 ? "" : ", ") + known[i];
    }
    config.at(key).fail("'" + value + "' is not supported", "supported: " + list);
}

void require_null(JsonReader& config, const std::string& key) {
    if (config.has(key) && !config.at(key).json().is_null()) config.at(key).fail("is set: not supported");
}

Settings read_settings(JsonReader& config) {
    Settings settings;
    settings.kbi = config.choice("q_type", {"kif", "kbi"}) == 1;
    // S_RND, S_RND_CONV, ... are stochastic in training only.
    settings.round = static_cast<model::Rounding>(word(config, "round_mode", model::rounding_names(), "S_"));
    const std::size_t overflow = word(config, "overflow_mode", {"WRAP", "SAT", "SAT_SYM"});
    settings.overflow = overflow == 0 ? fx::Overflow::wrap : overflow == 1 ? fx::Overflow::sat : fx::Overflow::sat_sym;
    settings.weight = config.get<bool>("is_weight");
    for (const char* key : {"scaler", "qnoise_factor", "affine", "bw_mapper"})
        require_null(config, key);
    // Where widths start, how they are shared and what bounds them matters to training only; the stored ones count.
    for (const char* key : {"place", "k0", "i0", "f0", "b0", "ic", "fc", "bc", "ir", "fr", "br", "i_decay_speed",
                            "homogeneous_axis", "heterogeneous_axis", "trainable"})
        config.has(key);
    config.finish();
    return settings;
}

/// Keras stores trainable variables first, and i is trained only where it saturates.
std::vector<std::string> stored_names(const Settings& settings) {
    if (settings.overflow == fx::Overflow::wrap) return {settings.kbi ? "b" : "f", "k", "i", "i_decay_speed"};
    return settings.kbi ? std::vector<std::string>{"b", "i", "k"} : std::vector<std::string>{"i", "f", "k"};
}

/// Values have a batch axis of 1 in front, constants have none.
Array without_batch(Array array, std::size_t rank, const std::string& where) {
    if (array.shape.size() != rank + 1) return array;
    if (array.shape.front() != 1) throw Error("widths differ along the batch axis", where);
    array.shape.erase(array.shape.begin());
    return array;
}

int exponent(double value, const std::string& where) {
    if (!(std::abs(value) <= max_exponent)) throw Error("a stored width is out of range", where);
    return static_cast<int>(value);
}

} // namespace

fx::Format unlimited(int fraction) {
    return {true, fx::max_exact_bits - 1 - fraction, fraction};
}

std::vector<double> Quantizer::apply(const std::vector<double>& values) const {
    CHECK(values.size() == casts.size(), "one value per cast");
    std::vector<double> result(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        const fx::Format& format = casts[i].format;
        // A double whose lowest possible bit is on the grid already needs no rounding, however large it is.
        const bool on_grid =
            format == unlimited(format.fraction) && std::abs(values[i]) >= std::ldexp(1.0, format.integer - 1);
        result[i] = values[i] == 0.0 || on_grid ? values[i] : model::cast(values[i], casts[i], rounding);
    }
    return result;
}

double Quantizer::mean_bits() const {
    return bits.empty() ? 0.0 : std::accumulate(bits.begin(), bits.end(), 0.0) / static_cast<double>(bits.size());
}

Quantizer read_quantizer(JsonReader config, const Part& part, const std::vector<std::size_t>& shape) {
    const std::string where = config.where();
    if (config.json().is_null()) config.fail("is missing");
    const auto class_name = config.get<std::string>("class_name");
    if (class_name != "QuantizerConfig" && class_name != "hgq>QuantizerConfig") // the latter in .h5 files of HGQ2 0.1
        config.at("class_name").fail("is no QuantizerConfig");
    JsonReader keys = config.at("config");
    const Settings settings = read_settings(keys);
    auto stored = part.at("quantizer", where).take(stored_names(settings), where);
    const auto widths = [&](const std::string& name) {
        return broadcast(without_batch(stored.at(name), shape.size(), where), shape, where);
    };
    const Array k = widths("k"), i = widths("i"), width = widths(settings.kbi ? "b" : "f");
    // Constants cannot overflow, so their i is only bookkeeping; kbi takes this short cut in its default rounding only.
    const bool free = settings.weight && settings.overflow == fx::Overflow::wrap &&
                      (!settings.kbi || settings.round == model::Rounding::rnd);
    Quantizer quantizer;
    quantizer.shape = shape;
    quantizer.rounding = settings.round;
    const fx::Round basis = model::basis(settings.round);
    for (std::size_t e = 0; e < elements(shape); ++e) {
        // Stored widths are real; their nearest integers count, ties to even.
        const double sign = k.values[e], integer = std::nearbyint(i.values[e]), other = std::nearbyint(width.values[e]);
        if ((sign != 0 && sign != 1) || !std::isfinite(other) || std::isnan(integer)) {
            throw Error("a stored width is not a number of bits", where);
        }
        const double fraction = settings.kbi ? other - integer : other;
        const double magnitude = settings.kbi ? other : integer + fraction;
        const double counted = settings.kbi ? magnitude : std::max(magnitude, 0.0);
        quantizer.bits.push_back(counted + (settings.overflow == fx::Overflow::sat ? sign : 0.0));
        fx::Cast cast{{}, basis, settings.overflow};
        if (free) {
            cast = {unlimited(exponent(fraction, where)), basis, fx::Overflow::sat};
        } else if (sign + magnitude > 0) {
            cast.format = {sign == 1, exponent(integer, where), exponent(fraction, where)};
        }
        quantizer.casts.push_back(cast);
    }
    return quantizer;
}

} // namespace bitgrain::import
