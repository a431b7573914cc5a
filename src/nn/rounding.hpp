// The rounding modes of the method (2.1). The hardware has the first three; the others are made of those by signs:
// towards minus infinity is round to nearest of -x, and a mode that is odd works on max(x, 0) and max(-x, 0).
#pragma once

#include "fx/format.hpp"
#include "model/builder.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace bitgrain::nn {

enum class Rounding : std::uint8_t {
    trn,         ///< floor
    rnd,         ///< nearest, ties to plus infinity
    rnd_conv,    ///< nearest, ties to even
    trn_zero,    ///< towards zero
    rnd_zero,    ///< nearest, ties towards zero
    rnd_min_inf, ///< nearest, ties to minus infinity
    rnd_inf,     ///< nearest, ties away from zero
};

/// Their names in experiments, in order: "TRN", "RND", ...
const std::vector<std::string>& rounding_names();

/// The mode's own when the hardware has it, otherwise the one it is made of.
fx::Round basis(Rounding rounding);

/// fx::cast with these modes; the cast has the basis.
double cast(double value, const fx::Cast& cast, Rounding rounding);

/// The same as model steps. `wide` gets the steps whose formats are to be widened until nothing overflows in them (see
/// model/prove.hpp): rounding comes before the overflow of `casts`.
model::Tensor cast(model::Builder& builder, const std::string& name, const model::Tensor& x,
                   const std::vector<fx::Cast>& casts, Rounding rounding, std::set<std::size_t>& wide);

} // namespace bitgrain::nn
