#include "nn/settings.hpp"

namespace bitgrain::nn {

QuantizerDefaults::QuantizerDefaults() {
    kernel.overflow =
        fx::Overflow::sat_sym; // HGQ2's choice; on the digits about half the EBOPs of WRAP at equal accuracy
    kernel.bits = 6;
    bias.bits = 6;
    activation.bits = 6;
    // Constants never overflow, so their integer bits follow their value at once.
    kernel.integer_decay = bias.integer_decay = 100.0;
}

QuantizerSettings read_quantizer(JsonReader reader, const QuantizerSettings& base) {
    QuantizerSettings s = base;
    s.granularity = static_cast<Granularity>(
        reader.choice("granularity", {"element", "channel", "tensor"}, static_cast<std::size_t>(s.granularity)));
    if (reader.has("axis")) s.axis = reader.get<std::size_t>("axis");
    constexpr std::size_t proven = 3;
    const std::size_t overflow = reader.choice("overflow", {"WRAP", "SAT", "SAT_SYM", "PROVEN"},
                                               s.proven ? proven : static_cast<std::size_t>(s.overflow));
    s.proven = overflow == proven;
    s.overflow = s.proven ? fx::Overflow::wrap : static_cast<fx::Overflow>(overflow);
    s.round = static_cast<Rounding>(reader.choice("round", model::rounding_names(), static_cast<std::size_t>(s.round)));
    s.trainable = reader.get("trainable", s.trainable);
    s.adapt = reader.get("adapt", s.adapt && !reader.has("fraction") && !reader.has("integer"));
    s.fraction = reader.get("fraction", s.fraction);
    s.bits = reader.get("bits", s.bits);
    s.integer = reader.get("integer", s.integer);
    s.scale_gradient = reader.get("scale_gradient", s.scale_gradient);
    s.min_bits = reader.get("min_bits", s.min_bits);
    s.max_bits = reader.get("max_bits", s.max_bits);
    const bool has_limits = reader.has("min_integer") || reader.has("max_integer");
    s.min_integer = reader.get("min_integer", s.min_integer);
    s.max_integer = reader.get("max_integer", s.max_integer);
    s.min_fraction = reader.get("min_fraction", s.min_fraction);
    s.max_fraction = reader.get("max_fraction", s.max_fraction);
    s.pull = reader.get("pull", s.pull);
    s.integer_decay = reader.get("integer_decay", s.integer_decay);
    reader.finish();
    if (s.min_bits < 0 || s.max_bits > 24 || s.min_bits > s.max_bits) {
        reader.fail("min_bits and max_bits must satisfy 0 <= min_bits <= max_bits <= 24");
    }
    if (s.min_integer < -24 || s.max_integer > 24 || s.min_integer > s.max_integer) {
        reader.fail("min_integer and max_integer must satisfy -24 <= min_integer <= max_integer <= 24");
    }
    if (has_limits && s.overflow == fx::Overflow::wrap) {
        reader.fail("min_integer and max_integer are for SAT and SAT_SYM",
                    "WRAP takes its integer bits from the range of the values");
    }
    if (s.min_fraction < -32 || s.max_fraction > 32 || s.min_fraction > s.max_fraction) {
        reader.fail("min_fraction and max_fraction must satisfy -32 <= min_fraction <= max_fraction <= 32");
    }
    if (s.axis && s.granularity != Granularity::channel) reader.fail("axis goes with \"granularity\": \"channel\"");
    return s;
}

QuantizerDefaults read_quantizer_defaults(JsonReader reader) {
    QuantizerDefaults defaults;
    if (reader.has("kernel")) defaults.kernel = read_quantizer(reader.at("kernel"), defaults.kernel);
    if (reader.has("bias")) defaults.bias = read_quantizer(reader.at("bias"), defaults.bias);
    if (reader.has("activation")) defaults.activation = read_quantizer(reader.at("activation"), defaults.activation);
    reader.finish();
    return defaults;
}

} // namespace bitgrain::nn
