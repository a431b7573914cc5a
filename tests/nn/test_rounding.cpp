// The rounding modes: the double cast, the model's steps and the training kernels against the definitions
// (method, 2.1).
#include "fx/arithmetic.hpp"
#include "model/builder.hpp"
#include "model/inference.hpp"
#include "model/prove.hpp"
#include "nn/build.hpp"
#include "nn/graph/quantize_kernels.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

double by_definition(double u, Rounding rounding) {
    const double sign = u < 0.0 ? -1.0 : 1.0;
    switch (rounding) {
    case Rounding::trn:
        return std::floor(u);
    case Rounding::rnd:
        return std::floor(u + 0.5);
    case Rounding::rnd_conv:
        return std::nearbyint(u);
    case Rounding::trn_zero:
        return sign * std::floor(std::abs(u));
    case Rounding::rnd_zero:
        return sign * std::ceil(std::abs(u) - 0.5);
    case Rounding::rnd_min_inf:
        return std::ceil(u - 0.5);
    case Rounding::rnd_inf:
        return sign * std::floor(std::abs(u) + 0.5);
    }
    return 0.0;
}

template <Rounding... modes>
double by_kernel(double u, Rounding rounding) {
    double result = 0.0;
    ((rounding == modes ? void(result = round_to_integer<modes>(u)) : void()), ...);
    return result;
}

} // namespace

TEST_CASE("every rounding mode is its definition, in doubles and in a model", "[nn][rounding]") {
    const auto rounding = static_cast<Rounding>(GENERATE(0, 1, 2, 3, 4, 5, 6));
    const auto overflow = GENERATE(fx::Overflow::wrap, fx::Overflow::sat, fx::Overflow::sat_sym);
    const bool sign = GENERATE(true, false);
    const int fraction = GENERATE(0, 2, 4, 6), integer = GENERATE(-1, 1, 3, 5);
    CAPTURE(model::rounding_names()[static_cast<std::size_t>(rounding)], fx::name(overflow), sign, fraction, integer);
    const fx::Cast cast{{sign, integer, fraction}, model::basis(rounding), overflow};
    const fx::Format port{true, 3, 4}; // every code of it
    model::Builder builder("rounding");
    const model::Tensor x = builder.input("x", {1});
    builder.model().inputs[0].formats = {port};
    std::set<std::size_t> wide;
    builder.output("y", builder.cast("q", x, {cast}, rounding, wide));
    model::Model model = builder.model();
    if (!wide.empty()) model = model::prove_ranges(model, wide);
    model::validate(model);

    std::vector<std::int64_t> codes;
    std::vector<double> expected, doubles;
    for (std::int64_t code = port.min_code(); code <= port.max_code(); ++code) {
        codes.push_back(code);
        const double value = std::ldexp(static_cast<double>(code), -port.fraction);
        const double u = std::ldexp(value, fraction), rounded = by_definition(u, rounding);
        CHECK(by_kernel<Rounding::trn, Rounding::rnd, Rounding::rnd_conv, Rounding::trn_zero, Rounding::rnd_zero,
                        Rounding::rnd_min_inf, Rounding::rnd_inf>(u, rounding) == rounded);
        expected.push_back(fx::cast(std::ldexp(rounded, -fraction), {cast.format, fx::Round::trn, overflow}));
        doubles.push_back(model::cast(value, cast, rounding));
    }
    CHECK(doubles == expected);
    CHECK(model::infer_real(model, codes, codes.size()) == expected);
}
