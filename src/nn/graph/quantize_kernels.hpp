// The inner loops of fake quantisation. They are most of what a training step does beside matrix products, so each is
// written to be a handful of vector instructions: no aliasing, fixed counts, reductions in a fixed number of lanes
// (which also fixes the order of summation).
#pragma once

#include "model/rounding.hpp"
#include "nn/graph/graph.hpp"
#include "nn/graph/simd.hpp"
#include "nn/power_of_two.hpp"

#include <cmath>
#include <cstddef>
#include <numbers>

namespace bitgrain::nn {

using model::Rounding;

/// Numbers of a full vector register.
inline constexpr std::size_t lane_count = 16;

/// Rounds u to an integer exactly (u + 1/2 may not be exact, u - floor(u) is).
template <Rounding mode, class T>
inline T round_to_integer(T u) {
    if constexpr (mode == Rounding::rnd_conv) return std::nearbyint(u);
    if constexpr (mode == Rounding::trn_zero) return std::trunc(u);
    const T floor = std::floor(u);
    if constexpr (mode == Rounding::trn) return floor;
    if constexpr (mode == Rounding::rnd) return floor + (u - floor >= T(0.5) ? T(1) : T(0));
    const bool tie_up = mode == Rounding::rnd_inf ? u > T(0) : mode == Rounding::rnd_zero && u < T(0);
    return floor + (u - floor > T(0.5) || (tie_up && u - floor == T(0.5)) ? T(1) : T(0));
}

template <class T>
inline T clamp_to(T x, T low, T high) {
    return x < low ? low : x > high ? high : x;
}

template <class T>
inline T sum_of_lanes(const T* lanes) {
    return fold<lane_count>(lanes, [](auto a, auto b) { return a + b; });
}

/// Scales 2^f and steps 2^-f of stored fractions.
template <class T>
inline void fraction_table(std::size_t n, const float* __restrict fraction, T* __restrict scale, T* __restrict step) {
    for (std::size_t e = 0; e < n; ++e) {
        const int f = static_cast<int>(std::nearbyint(fraction[e]));
        scale[e] = power_of_two<T>(f);
        step[e] = power_of_two<T>(-f);
    }
}

/// The same for widths b and integer bits i (f = b - i), with the bounds of the range. With no bits left that is the
/// single value 0, and everything counts as outside of it.
template <class T>
inline void saturation_table(std::size_t n, const float* __restrict width, const float* __restrict integer,
                             T* __restrict scale, T* __restrict step, T* __restrict low, T* __restrict high,
                             bool symmetric) {
    const T under = symmetric ? T(0) : T(1);
    for (std::size_t e = 0; e < n; ++e) {
        const int w = static_cast<int>(std::nearbyint(width[e])), i = static_cast<int>(std::nearbyint(integer[e]));
        const T small = power_of_two<T>(i - w), top = w > 0 ? power_of_two<T>(i) : small;
        scale[e] = power_of_two<T>(w - i);
        step[e] = small;
        high[e] = top - small;
        low[e] = w > 0 ? -(top - small) - under * small : T(0);
    }
}

/// Extremes of values.
template <class T>
struct Extremes {
    T lo, hi;
};

/// One element, all rows of a tile (a multiple of lane_count): y = q(x); returns the extremes of y.
template <class T, class Function>
inline Extremes<T> map_rows(std::size_t rows, const T* __restrict x, T* __restrict y, const Function& function) {
    T lo[lane_count], hi[lane_count];
    for (std::size_t r = 0; r < rows; r += lane_count) {
        for (std::size_t k = 0; k < lane_count; ++k) {
            const T q = function(x[r + k]);
            y[r + k] = q;
            lo[k] = r == 0 ? q : q < lo[k] ? q : lo[k];
            hi[k] = r == 0 ? q : q > hi[k] ? q : hi[k];
        }
    }
    return {fold<lane_count>(lo, [](auto a, auto b) { return b < a ? b : a; }),
            fold<lane_count>(hi, [](auto a, auto b) { return b > a ? b : a; })};
}

/// y = round(clamp(x) * scale) * step
template <Rounding mode, bool clamps, class T>
inline Extremes<T> quantize_rows(std::size_t rows, const T* x, T* y, T scale, T step, T low, T high) {
    return map_rows(rows, x, y, [=](T value) {
        const T inside = clamps ? clamp_to(value, low, high) : value;
        return round_to_integer<mode>(inside * scale) * step;
    });
}

/// n elements, each with its own scale, step and bounds (a kernel).
template <Rounding mode, bool clamps, class T>
inline void quantize_elements(std::size_t n, const T* __restrict x, T* __restrict y, const T* __restrict scale,
                              const T* __restrict step, const T* __restrict low, const T* __restrict high) {
    for (std::size_t e = 0; e < n; ++e)
        y[e] = round_to_integer<mode>((clamps ? clamp_to(x[e], low[e], high[e]) : x[e]) * scale[e]) * step[e];
}

/// Straight-through gradient of one element's rows: dy is added to dx, or, in place, dx holds it already. Returns
/// sum of dy * (x - y), the surrogate without its ln 2.
template <bool in_place, class T>
inline T surrogate_rows(std::size_t rows, const T* __restrict x, const T* __restrict y, const T* __restrict dy,
                        T* __restrict dx) {
    T lanes[lane_count] = {};
    for (std::size_t r = 0; r < rows; r += lane_count) {
        for (std::size_t k = 0; k < lane_count; ++k) {
            const T gradient = in_place ? dx[r + k] : dy[r + k];
            if constexpr (!in_place) dx[r + k] += gradient;
            lanes[k] += gradient * (x[r + k] - y[r + k]);
        }
    }
    return sum_of_lanes(lanes);
}

/// The same for n elements with one value each; ln2 times the surrogate is added to `fraction`.
template <class T>
inline void surrogate_elements(std::size_t n, const T* __restrict x, const T* __restrict y, const T* __restrict dy,
                               T* __restrict dx, T* __restrict fraction) {
    for (std::size_t e = 0; e < n; ++e) {
        dx[e] += dy[e];
        fraction[e] += std::numbers::ln2_v<T> * (dy[e] * (x[e] - y[e]));
    }
}

/// Saturating quantizers: gradients of x, and of f and i in the coordinates (f, i), without their ln 2 (method, 3.2).
template <class T>
struct SaturationTerms {
    T dx, fraction, integer;
};
template <class T>
inline SaturationTerms<T> saturation_terms(T x, T y, T dy, T step, T low, T high, bool symmetric) {
    const bool above = x > high, below = x < low;
    const T top = high + step; // 2^i, also when no bits are left (then step = 2^-f = 2^i)
    const T under = symmetric ? -step : T(0);
    return {above || below ? T(0) : dy,
            dy * (above   ? step
                  : below ? under
                          : x - y),
            dy * (above   ? top
                  : below ? -top
                          : T(0))};
}

template <bool in_place, class T>
inline SaturationTerms<T> saturation_rows(std::size_t rows, const T* __restrict x, const T* __restrict y,
                                          const T* __restrict dy, T* __restrict dx, T step, T low, T high,
                                          bool symmetric) {
    T fraction[lane_count] = {}, integer[lane_count] = {};
    for (std::size_t r = 0; r < rows; r += lane_count) {
        for (std::size_t k = 0; k < lane_count; ++k) {
            const T gradient = in_place ? dx[r + k] : dy[r + k];
            const auto terms = saturation_terms(x[r + k], y[r + k], gradient, step, low, high, symmetric);
            dx[r + k] = in_place ? terms.dx : dx[r + k] + terms.dx;
            fraction[k] += terms.fraction;
            integer[k] += terms.integer;
        }
    }
    return {T(0), sum_of_lanes(fraction), sum_of_lanes(integer)};
}

/// The same for n elements, in the coordinates b, i with f = b - i: d/db = d/df, d/di at fixed b = d/di - d/df.
template <class T>
inline void saturation_elements(std::size_t n, const T* __restrict x, const T* __restrict y, const T* __restrict dy,
                                T* __restrict dx, const T* __restrict step, const T* __restrict low,
                                const T* __restrict high, bool symmetric, T* __restrict width, T* __restrict integer) {
    for (std::size_t e = 0; e < n; ++e) {
        const auto terms = saturation_terms(x[e], y[e], dy[e], step[e], low[e], high[e], symmetric);
        dx[e] += terms.dx;
        width[e] += std::numbers::ln2_v<T> * terms.fraction;
        integer[e] += std::numbers::ln2_v<T> * (terms.integer - terms.fraction);
    }
}

} // namespace bitgrain::nn
