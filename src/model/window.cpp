#include "model/window.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <utility>

namespace bitgrain::model {

namespace {

/// One axis: input positions of each output position.
struct Axis {
    std::vector<std::vector<std::int64_t>> taps;
    std::size_t before = 0, padded = 0;
};

Axis axis(std::size_t in, std::size_t size, std::size_t stride, std::size_t dilation, Padding padding,
          const std::string& where) {
    const std::size_t reach = (size - 1) * dilation + 1;
    std::size_t out = 0, before = 0, padded = in;
    switch (padding) {
    case Padding::valid:
        if (in < reach) throw Error("the window is larger than the input", where);
        out = (in - reach) / stride + 1;
        break;
    case Padding::same: {
        out = (in + stride - 1) / stride;
        const std::size_t needed = (out - 1) * stride + reach;
        before = needed > in ? (needed - in) / 2 : 0;
        padded = std::max(needed, in);
        break;
    }
    }
    std::vector<std::vector<std::int64_t>> list(out);
    for (std::size_t o = 0; o < out; ++o) {
        for (std::size_t t = 0; t < size; ++t) {
            const auto at = static_cast<std::int64_t>(o * stride + t * dilation) - static_cast<std::int64_t>(before);
            list[o].push_back(at >= 0 && at < static_cast<std::int64_t>(in) ? at : -1);
        }
    }
    return {std::move(list), before, padded};
}

} // namespace

Window slide(const std::vector<std::size_t>& spatial, const std::vector<std::size_t>& size,
             const std::vector<std::size_t>& stride, const std::vector<std::size_t>& dilation, Padding padding,
             const std::string& where) {
    Window window;
    window.input_shape = spatial;
    window.taps = {{0}};
    for (std::size_t a = 0; a < spatial.size(); ++a) {
        const auto along = axis(spatial[a], size[a], stride[a], dilation[a], padding, where);
        window.output_shape.push_back(along.taps.size());
        window.before.push_back(along.before);
        window.padded_shape.push_back(along.padded);
        window.size *= size[a];
        std::vector<std::vector<std::int64_t>> next;
        for (const auto& outer : window.taps) {
            for (const auto& inner : along.taps) {
                std::vector<std::int64_t>& taps = next.emplace_back();
                for (const std::int64_t o : outer) {
                    for (const std::int64_t i : inner)
                        taps.push_back(o < 0 || i < 0 ? -1 : o * static_cast<std::int64_t>(spatial[a]) + i);
                }
            }
        }
        window.taps = std::move(next);
    }
    return window;
}

} // namespace bitgrain::model
