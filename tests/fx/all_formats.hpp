// Small formats, casts and inputs for exhaustive tests.
#pragma once

#include "fx/format.hpp"

#include <array>
#include <vector>

namespace bitgrain::fx {

inline constexpr std::array all_rounds{Round::trn, Round::rnd, Round::rnd_conv};
inline constexpr std::array all_overflows{Overflow::wrap, Overflow::sat, Overflow::sat_sym};

/// Every format of width 0 to `width` whose grid is 2^-fraction with |fraction| <= 5; integer bits follow, negative
/// ones too.
inline std::vector<Format> formats_up_to(int width) {
    std::vector<Format> result;
    for (const bool sign : {false, true}) {
        for (int fraction = -5; fraction <= 5; ++fraction) {
            for (int w = 0; w <= width; ++w)
                result.push_back({sign, w - (sign ? 1 : 0) - fraction, fraction});
        }
    }
    return result;
}

/// Every cast into these formats.
inline std::vector<Cast> casts_up_to(int width) {
    std::vector<Cast> result;
    for (const Format& format : formats_up_to(width)) {
        for (const Round round : all_rounds) {
            for (const Overflow overflow : all_overflows)
                result.push_back({format, round, overflow});
        }
    }
    return result;
}

} // namespace bitgrain::fx
