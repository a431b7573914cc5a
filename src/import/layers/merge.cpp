// Layers that combine several values element by element: QAdd, QSubtract, QMultiply, QAveragePow2, QMaximum, QMinimum,
// and Keras's own, which quantise nothing.
#include "import/layers/table.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::import {

namespace {

/// HGQ's weight of one addition against one product of the same bits (method, section 6.2).
constexpr double addition = 0.65;

struct Merge {
    std::vector<Tensor> inputs; ///< quantised, of one shape
    double sum = 0;             ///< over elements, of the inputs' widths without the smallest one
    double largest = 0;         ///< over elements, of the largest width
    double product = 0;         ///< over elements, of the product of all widths
};

std::vector<std::size_t> common_shape(const Context& context) {
    std::vector<std::vector<std::size_t>> shapes;
    for (const Tensor& x : context.inputs())
        shapes.push_back(x.shape);
    const auto shape = import::common_shape(shapes);
    if (!shape) context.fail("the inputs' shapes do not match");
    return *shape;
}

Tensor expand(Context& context, const Tensor& x, const std::vector<std::size_t>& shape) {
    Array numbers{x.shape, {}};
    for (std::size_t i = 0; i < x.size(); ++i)
        numbers.values.push_back(static_cast<double>(i));
    std::vector<std::int64_t> index;
    for (const double at : broadcast(numbers, shape, context.where()).values)
        index.push_back(static_cast<std::int64_t>(at));
    return context.builder().gather(context.name(), {x}, std::move(index), shape);
}

Merge merge(Context& context) {
    if (context.inputs().size() < 2) context.fail("has fewer than two inputs");
    const std::vector<std::size_t> shape = common_shape(context);
    Merge result;
    if (!context.layer().class_name.starts_with('Q')) {
        for (const Tensor& x : context.inputs())
            result.inputs.push_back(expand(context, x, shape));
        return result;
    }
    context.take(context.counters());
    std::vector<std::vector<double>> bits;
    std::vector<std::vector<double>> widths;
    const std::vector<Tensor> inputs = context.quantized_inputs(bits);
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        widths.push_back(broadcast({inputs[i].shape, bits[i]}, shape, context.where()).values);
        result.inputs.push_back(expand(context, inputs[i], shape));
    }
    for (std::size_t e = 0; e < elements(shape); ++e) {
        double least = widths[0][e], most = widths[0][e], sum = 0, product = 1;
        for (const auto& list : widths) {
            least = std::min(least, list[e]);
            most = std::max(most, list[e]);
            sum += list[e];
            product *= list[e];
        }
        result.sum += sum - least;
        result.largest += most;
        result.product += product;
    }
    return result;
}

Tensor scaled(Context& context, const Tensor& x, double factor) {
    return context.builder().scale(context.name(), x, std::vector<double>(x.size(), factor),
                                   std::vector<double>(x.size(), 0.0));
}

} // namespace

Tensor merge_add(Context& context) {
    const Merge m = merge(context);
    context.count(addition * m.sum);
    return context.finish(context.builder().add(context.name(), m.inputs));
}

Tensor merge_average(Context& context) {
    const Merge m = merge(context);
    context.count(addition * m.sum);
    const std::size_t count = m.inputs.size();
    if (context.layer().class_name == "Average" && (count & (count - 1)) != 0) {
        context.fail("averages " + std::to_string(count) + " values, not a power of two", "use QAveragePow2");
    }
    const double factor = std::exp2(std::nearbyint(-std::log2(static_cast<double>(count))));
    return context.finish(scaled(context, context.builder().add(context.name(), m.inputs), factor));
}

Tensor merge_subtract(Context& context) {
    const Merge m = merge(context);
    if (m.inputs.size() != 2) context.fail("has more than two inputs");
    context.count(m.largest);
    const Tensor negative = scaled(context, m.inputs[1], -1.0);
    return context.finish(context.builder().add(context.name(), {m.inputs[0], negative}));
}

Tensor merge_multiply(Context& context) {
    const Merge m = merge(context);
    context.count(m.product);
    Tensor y = m.inputs[0];
    for (std::size_t i = 1; i < m.inputs.size(); ++i)
        y = context.builder().multiply(context.name(), y, m.inputs[i]);
    return context.finish(y);
}

Tensor merge_maximum(Context& context) {
    const Merge m = merge(context);
    context.count(m.sum);
    return context.finish(context.builder().maximum(context.name(), m.inputs));
}

Tensor merge_minimum(Context& context) {
    const Merge m = merge(context);
    context.count(m.sum);
    std::vector<Tensor> negative;
    for (const Tensor& x : m.inputs)
        negative.push_back(scaled(context, x, -1.0));
    return context.finish(scaled(context, context.builder().maximum(context.name(), negative), -1.0));
}

} // namespace bitgrain::import
