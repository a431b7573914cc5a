// The rounding modes of the method (2.1). The hardware has the first three; the others are made of those by signs:
// towards minus infinity is round to nearest of -x, and a mode that is odd works on max(x, 0) and max(-x, 0). As steps
// of a model: Builder::cast.
#pragma once

#include "fx/format.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::model {

enum class Rounding : std::uint8_t {
    trn,         ///< floor
    rnd,         ///< nearest, ties to plus infinity
    rnd_conv,    ///< nearest, ties to even
    trn_zero,    ///< towards zero
    rnd_zero,    ///< nearest, ties towards zero
    rnd_min_inf, ///< nearest, ties to minus infinity
    rnd_inf,     ///< nearest, ties away from zero
};

static_assert(static_cast<Rounding>(fx::Round::trn) == Rounding::trn &&
              static_cast<Rounding>(fx::Round::rnd) == Rounding::rnd &&
              static_cast<Rounding>(fx::Round::rnd_conv) == Rounding::rnd_conv);

/// Their names in files, in order: "TRN", "RND", ...
const std::vector<std::string>& rounding_names();

/// How a mode is made of its basis.
struct RoundingRecipe {
    fx::Round basis = fx::Round::rnd; ///< the mode's own when the hardware has it
    bool odd = false;                 ///< of max(x, 0) and max(-x, 0), subtracted
    bool mirrored = false;            ///< -r(-x), of what the basis works on

    bool is_basis() const { return !odd && !mirrored; }
};
RoundingRecipe recipe(Rounding rounding);

/// The mode's own when the hardware has it, otherwise the one it is made of.
inline fx::Round basis(Rounding rounding) {
    return recipe(rounding).basis;
}

/// fx::cast with these modes; the cast has the basis.
double cast(double value, const fx::Cast& cast, Rounding rounding);

} // namespace bitgrain::model
