#include "model/rounding.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::model {

const std::vector<std::string>& rounding_names() {
    static const std::vector<std::string> names{"TRN",      "RND",         "RND_CONV", "TRN_ZERO",
                                                "RND_ZERO", "RND_MIN_INF", "RND_INF"};
    return names;
}

RoundingRecipe recipe(Rounding rounding) {
    switch (rounding) {
    case Rounding::trn:
        return {fx::Round::trn};
    case Rounding::rnd:
        return {fx::Round::rnd};
    case Rounding::rnd_conv:
        return {fx::Round::rnd_conv};
    case Rounding::trn_zero:
        return {fx::Round::trn, true, false};
    case Rounding::rnd_inf:
        return {fx::Round::rnd, true, false};
    case Rounding::rnd_zero:
        return {fx::Round::rnd, true, true};
    case Rounding::rnd_min_inf:
        return {fx::Round::rnd, false, true};
    }
    CHECK(false, "a rounding mode");
}

double cast(double value, const fx::Cast& cast, Rounding rounding) {
    const RoundingRecipe how = recipe(rounding);
    if (how.is_basis()) return fx::cast(value, cast);
    const int fraction = cast.format.fraction;
    const fx::Cast rounds{{true, fx::max_exact_bits - 1 - fraction, fraction}, cast.round, fx::Overflow::sat};
    const auto part = [&](double x) { return how.mirrored ? -fx::cast(-x, rounds) : fx::cast(x, rounds); };
    const double rounded = how.odd ? part(std::max(value, 0.0)) - part(std::max(-value, 0.0)) : part(value);
    return fx::cast(rounded, {cast.format, fx::Round::trn, cast.overflow});
}

} // namespace bitgrain::model
