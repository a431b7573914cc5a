// Reading quantizer settings from an experiment.
#pragma once

#include "base/json.hpp"
#include "nn/quantizer.hpp"

namespace bitgrain::nn {

/// Start values and modes of the three places a quantizer sits; experiments and layers override single fields.
struct QuantizerDefaults {
    QuantizerSettings kernel, bias, activation;

    QuantizerDefaults();
};

/// `base` with the fields that the object gives replaced. Every key is checked.
QuantizerSettings read_quantizer(JsonReader reader, const QuantizerSettings& base);
QuantizerDefaults read_quantizer_defaults(JsonReader reader);

} // namespace bitgrain::nn
