// HGQ2 quantizers: configuration and stored widths -> one exact cast per element.
// Semantics: method, sections 1, 2 and 6.1; the corners (widths of 0 and less, constants that never wrap) were checked
// against PyPI hgq2 as a black box, see tests/import/make_fixtures.py.
#pragma once

#include "base/json.hpp"
#include "fx/format.hpp"
#include "import/weights.hpp"
#include "model/rounding.hpp"

#include <vector>

namespace bitgrain::import {

struct Quantizer {
    std::vector<std::size_t> shape; ///< of the value, without the batch axis
    std::vector<fx::Cast> casts;    ///< one per element, with the basis of `rounding`
    model::Rounding rounding = model::Rounding::rnd;
    std::vector<double> bits; ///< of each element, as EBOPs count them

    /// The quantised constants.
    std::vector<double> apply(const std::vector<double>& values) const;
    double mean_bits() const;
};

/// `config` is the serialised QuantizerConfig, `part` what was stored for it (with or without the batch axis).
Quantizer read_quantizer(JsonReader config, const Part& part, const std::vector<std::size_t>& shape);

/// round(x * 2^f) * 2^-f for any x: the format of a constant that is rounded but neither wrapped nor saturated.
fx::Format unlimited(int fraction);

} // namespace bitgrain::import
