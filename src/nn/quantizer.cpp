#include "nn/quantizer.hpp"

#include "base/error.hpp"
#include "nn/power_of_two.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

namespace {

/// Integer bits of the largest magnitude on the grid 2^-fraction; -fraction for the constant zero. EBOPs does not count
/// the sign, so -2^n must cost as much as +2^n: by the exact rule (5.1) a weight of -1 would be free, and training
/// finds that out.
int magnitude_integer_bits(double lo, double hi, int fraction) {
    const double magnitude = std::max(-lo, hi);
    return magnitude > 0.0 ? exponent_of(magnitude) + 1 : -fraction;
}

} // namespace

Quantizer::Quantizer(std::string name, const std::vector<std::size_t>& shape, const QuantizerSettings& settings,
                     Parameters& parameters, const std::vector<std::uint32_t>& live)
    : name_(std::move(name)), settings_(settings), size_(1) {
    for (const std::size_t extent : shape)
        size_ *= extent;
    if (!live.empty()) size_ = live.size();
    groups_ = size_;
    std::vector<std::uint32_t> live_groups = live;
    if (settings.granularity == Granularity::tensor) {
        groups_ = 1;
        group_of_.assign(size_, 0);
        live_groups.clear();
    } else if (settings.granularity == Granularity::channel) {
        const std::size_t axis = settings.axis.value_or(shape.size() - 1);
        if (axis >= shape.size())
            throw Error("the tensor has no axis " + std::to_string(axis), name_, "axes count from 0");
        groups_ = shape[axis];
        std::size_t inner = 1;
        for (std::size_t i = axis + 1; i < shape.size(); ++i)
            inner *= shape[i];
        for (std::size_t e = 0; e < size_; ++e)
            group_of_.push_back(static_cast<std::uint32_t>((live.empty() ? e : live[e]) / inner % groups_));
        live_groups = group_of_;
        std::sort(live_groups.begin(), live_groups.end());
        live_groups.erase(std::unique(live_groups.begin(), live_groups.end()), live_groups.end());
        for (std::uint32_t& group : group_of_) {
            const auto at = std::lower_bound(live_groups.begin(), live_groups.end(), group);
            group = static_cast<std::uint32_t>(at - live_groups.begin());
        }
        groups_ = live_groups.size();
    }
    const auto pull = static_cast<float>(settings.trainable ? settings.pull : 0.0);
    const auto add = [&](const std::string& suffix, double lo, double hi, float slice_pull, double dead, double start) {
        ParameterSlice slice;
        slice.name = name_ + suffix;
        slice.lo = static_cast<float>(lo);
        slice.hi = static_cast<float>(hi);
        slice.pull = slice_pull;
        slice.dead = static_cast<float>(dead);
        slice.live = live_groups;
        return parameters.add(std::move(slice), std::vector<float>(groups_, static_cast<float>(start)));
    };
    // Dead: no bits at all, whatever the rounding.
    if (saturates()) {
        width_slice_ = add(".bits", settings.min_bits, settings.max_bits, pull, 0.0, settings.bits);
        integer_slice_ = add(".integer", settings.min_integer, settings.max_integer, 0.0F, 0.0, settings.integer);
    } else {
        const double coarsest = settings.min_fraction;
        width_slice_ = add(".fraction", coarsest, settings.max_fraction, pull, coarsest, settings.fraction);
        integer_slice_ = add(".integer", -60.0, 60.0, 0.0F, -coarsest, settings.integer);
    }
}

Quantizer::Widths Quantizer::widths(const Parameters& parameters, std::size_t group) const {
    const auto width = static_cast<int>(std::nearbyint(parameters.slice(width_slice_)[group]));
    const auto integer = static_cast<int>(std::nearbyint(parameters.slice(integer_slice_)[group]));
    if (saturates()) return {integer, width - integer};
    return {std::max(integer, -width), width};
}

void Quantizer::element_bits(const Parameters& parameters, std::span<float> bits) const {
    const float* width = parameters.slice(width_slice_).data();
    const float* integer = parameters.slice(integer_slice_).data();
    const float wraps = saturates() ? 0.0F : 1.0F;
    const auto fill = [&](auto&& group_of) {
        float* __restrict to = bits.data();
        for (std::size_t e = 0; e < size_; ++e) {
            const std::size_t g = group_of(e);
            const float sum = std::nearbyint(width[g]) + wraps * std::nearbyint(integer[g]);
            to[e] = sum > 0.0F ? sum : 0.0F;
        }
    };
    if (group_of_.empty()) {
        fill([](std::size_t e) { return e; });
    } else {
        fill([&](std::size_t e) { return group_of_[e]; });
    }
}

template <class T>
void Quantizer::track(Parameters& parameters, const T* lo, const T* hi, double decay) const {
    if (saturates()) return;
    const auto integer = parameters.slice(integer_slice_);
    for (std::size_t g = 0; g < groups_; ++g) {
        if (lo[g] > hi[g]) continue;
        const int fraction = static_cast<int>(std::nearbyint(parameters.slice(width_slice_)[g]));
        const auto needed = static_cast<float>(
            magnitude_integer_bits(static_cast<double>(lo[g]), static_cast<double>(hi[g]), fraction));
        integer[g] = std::max(integer[g] - static_cast<float>(decay), needed);
    }
}

template void Quantizer::track(Parameters&, const float*, const float*, double) const;
template void Quantizer::track(Parameters&, const double*, const double*, double) const;

void Quantizer::adapt(Parameters& parameters, std::span<const double> lo, std::span<const double> hi) const {
    if (!settings_.adapt) return;
    const auto width = parameters.slice(width_slice_), integer = parameters.slice(integer_slice_);
    const ParameterSlice &bounds = parameters.slices()[width_slice_], &limits = parameters.slices()[integer_slice_];
    // A group without a magnitude of its own (constant zero) starts like the largest of the tensor.
    double largest = 0.0;
    for (std::size_t g = 0; g < groups_; ++g) {
        if (lo[g] <= hi[g]) largest = std::max({largest, -lo[g], hi[g]});
    }
    for (std::size_t g = 0; g < groups_; ++g) {
        double magnitude = lo[g] <= hi[g] ? std::max(-lo[g], hi[g]) : 0.0;
        if (magnitude <= 0.0) magnitude = largest;
        const double top = magnitude > 0.0 ? std::ceil(std::log2(magnitude)) : settings_.integer;
        integer[g] = std::clamp(static_cast<float>(top), limits.lo, limits.hi);
        width[g] =
            std::clamp(static_cast<float>(saturates() ? settings_.bits : settings_.bits - top), bounds.lo, bounds.hi);
    }
}

std::vector<fx::Cast> Quantizer::casts(const Parameters& parameters, std::span<const double> lo,
                                       std::span<const double> hi, double cover) const {
    std::vector<fx::Cast> by_group(groups_);
    for (std::size_t g = 0; g < groups_; ++g) {
        const Widths w = widths(parameters, g);
        fx::Cast& cast = by_group[g];
        cast.round = model::basis(settings_.round);
        cast.overflow = settings_.overflow;
        if (saturates()) {
            cast.format =
                w.bits() == 0 ? fx::Format{false, -w.fraction, w.fraction} : fx::Format{true, w.integer, w.fraction};
        } else if (lo[g] > hi[g]) {
            cast.format = {false, -w.fraction, w.fraction};
        } else {
            const double middle = (lo[g] + hi[g]) / 2, radius = (hi[g] - lo[g]) / 2 * cover;
            double low = std::floor(std::ldexp(middle - radius, w.fraction)),
                   high = std::ceil(std::ldexp(middle + radius, w.fraction));
            if (lo[g] >= 0) low = std::max(low, 0.0); // a rectified signal gets no sign bit from its headroom
            cast.format = fx::format_of({static_cast<std::int64_t>(low), static_cast<std::int64_t>(high), w.fraction});
        }
    }
    if (group_of_.empty()) return by_group;
    std::vector<fx::Cast> casts;
    for (const std::uint32_t g : group_of_)
        casts.push_back(by_group[g]);
    return casts;
}

} // namespace bitgrain::nn
