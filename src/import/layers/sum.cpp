// Sums and averages over axes: QSum (times a power of two) and QMeanPow2 (divides by the nearest power of two).
#include "import/layers/axes.hpp"
#include "import/layers/table.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::import {

namespace {

constexpr double addition = 0.65;

/// The elements of each sum; `factor` gets their number and returns the scale.
template <class Factor>
Tensor reduce(Context& context, Factor factor) {
    context.take(context.counters());
    const std::vector<bool> summed = read_axes(context, "axes", context.input().shape.size());
    const bool keep = context.config().get<bool>("keepdims");
    const std::vector<std::size_t> shape = context.input().shape;
    std::vector<double> bits;
    const Tensor x = context.quantized_input(bits);
    std::vector<std::size_t> result_shape;
    std::size_t group = 1;
    for (std::size_t a = 0; a < shape.size(); ++a) {
        if (summed[a]) group *= shape[a];
        if (!summed[a] || keep) result_shape.push_back(summed[a] ? 1 : shape[a]);
    }
    const auto groups = groups_along(shape, summed);
    double ebops = 0;
    std::vector<std::int64_t> index;
    for (const auto& list : groups) {
        double least = bits[static_cast<std::size_t>(list[0])];
        for (const std::int64_t e : list) {
            least = std::min(least, bits[static_cast<std::size_t>(e)]);
            ebops += bits[static_cast<std::size_t>(e)];
            index.push_back(e);
        }
        ebops -= least;
    }
    context.count(addition * ebops);
    Builder& builder = context.builder();
    const Tensor sorted = builder.gather(context.name(), {x}, std::move(index), {groups.size(), group});
    Tensor y = builder.reduce(context.name(), sorted, model::Reduce::Kind::sum);
    const double scale = factor(group);
    if (scale != 1.0) {
        y = builder.scale(context.name(), y, std::vector<double>(y.size(), scale), std::vector<double>(y.size(), 0.0));
    }
    if (result_shape.empty()) result_shape.push_back(1);
    y.shape = result_shape;
    return context.finish(y);
}

} // namespace

Tensor sum(Context& context) {
    const double scale = context.config().get<double>("scale");
    int exponent = 0;
    if (std::frexp(std::abs(scale), &exponent) != 0.5) context.fail("the scale is not a power of two");
    return reduce(context, [scale](std::size_t) { return scale; });
}

Tensor mean(Context& context) {
    return reduce(context,
                  [](std::size_t count) { return std::exp2(std::nearbyint(-std::log2(static_cast<double>(count)))); });
}

} // namespace bitgrain::import
