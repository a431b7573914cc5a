#include "nn/rounding.hpp"

#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

/// How a mode is made of its basis.
struct Recipe {
    bool odd = false;      ///< of max(x, 0) and max(-x, 0), subtracted
    bool mirrored = false; ///< -r(-x), of what the basis works on
};

Recipe recipe(Rounding rounding) {
    switch (rounding) {
    case Rounding::trn:
    case Rounding::rnd:
    case Rounding::rnd_conv:
        return {};
    case Rounding::trn_zero:
    case Rounding::rnd_inf:
        return {true, false};
    case Rounding::rnd_zero:
        return {true, true};
    case Rounding::rnd_min_inf:
        return {false, true};
    }
    return {};
}

} // namespace

const std::vector<std::string>& rounding_names() {
    static const std::vector<std::string> names{"TRN",      "RND",         "RND_CONV", "TRN_ZERO",
                                                "RND_ZERO", "RND_MIN_INF", "RND_INF"};
    return names;
}

fx::Round basis(Rounding rounding) {
    switch (rounding) {
    case Rounding::trn:
    case Rounding::trn_zero:
        return fx::Round::trn;
    case Rounding::rnd:
    case Rounding::rnd_zero:
    case Rounding::rnd_min_inf:
    case Rounding::rnd_inf:
        return fx::Round::rnd;
    case Rounding::rnd_conv:
        return fx::Round::rnd_conv;
    }
    return fx::Round::rnd;
}

double cast(double value, const fx::Cast& cast, Rounding rounding) {
    const auto [odd, mirrored] = recipe(rounding);
    if (!odd && !mirrored) return fx::cast(value, cast);
    const int fraction = cast.format.fraction;
    const fx::Cast rounds{{true, fx::max_exact_bits - 1 - fraction, fraction}, cast.round, fx::Overflow::sat};
    const auto part = [&, minus = mirrored](double x) { return minus ? -fx::cast(-x, rounds) : fx::cast(x, rounds); };
    const double rounded = odd ? part(std::max(value, 0.0)) - part(std::max(-value, 0.0)) : part(value);
    return fx::cast(rounded, {cast.format, fx::Round::trn, cast.overflow});
}

model::Tensor cast(model::Builder& builder, const std::string& name, const model::Tensor& x,
                   const std::vector<fx::Cast>& casts, Rounding rounding, std::set<std::size_t>& wide) {
    const auto [odd, mirrored] = recipe(rounding);
    if (!odd && !mirrored) return builder.cast(name, x, casts);
    std::vector<fx::Cast> rounds, overflows;
    for (const fx::Cast& cast : casts) {
        const fx::Format& format = cast.format;
        const fx::Format some{true, 1 - format.fraction, format.fraction};
        rounds.push_back({format.is_zero() ? format : some, cast.round, fx::Overflow::wrap});
        overflows.push_back({format, fx::Round::trn, cast.overflow});
    }
    const auto negative = [&](const model::Tensor& tensor) {
        return builder.scale(name, tensor, std::vector<double>(tensor.size(), -1.0),
                             std::vector<double>(tensor.size(), 0.0));
    };
    const auto part = [&, minus = mirrored](const model::Tensor& tensor) {
        const model::Tensor y = builder.cast(name, minus ? negative(tensor) : tensor, rounds);
        wide.insert(y.value - builder.model().inputs.size());
        return minus ? negative(y) : y;
    };
    const auto rounded = [&] {
        if (!odd) return part(x);
        const model::Tensor above = part(builder.relu(name, x)), below = part(builder.relu(name, negative(x)));
        return builder.add(name, {above, negative(below)});
    };
    return builder.cast(name, rounded(), overflows);
}

} // namespace bitgrain::nn
