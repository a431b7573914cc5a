#include "import/layers/contract.hpp"

#include "import/layers/table.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::import {

namespace {

/// The batch is an axis of both values and of the result; Equation wants it in the first only.
std::string without_second_batch(const Context& context, const std::string& text) {
    const std::size_t comma = text.find(',');
    if (comma == std::string::npos || comma == 0 || comma + 1 >= text.size() || text[comma + 1] != text[0]) {
        context.fail("the equation '" + text + "': both values must begin with the batch axis");
    }
    return text.substr(0, comma + 1) + text.substr(comma + 2);
}

enum class Counted {
    products, ///< every product
    elements  ///< HGQ2 counts a dot product element by element, as if the values were multiplied
};

/// Input quantizers, products and EBOPs of a layer; the inputs' shapes may be written differently.
Tensor multiply(Context& context, const std::string& text, const std::vector<std::size_t>& a_shape,
                const std::vector<std::size_t>& b_shape, Counted counted) {
    context.take(context.counters());
    std::vector<std::vector<double>> bits;
    std::vector<Tensor> x = context.quantized_inputs(bits);
    const auto common = import::common_shape({x[0].shape, x[1].shape});
    double ebops = 0;
    if (counted == Counted::elements && common) {
        const Array a = broadcast({x[0].shape, bits[0]}, *common, context.where());
        const Array b = broadcast({x[1].shape, bits[1]}, *common, context.where());
        for (std::size_t e = 0; e < a.size(); ++e)
            ebops += a.values[e] * b.values[e];
    }
    x[0].shape = a_shape;
    x[1].shape = b_shape;
    const Equation equation(text, a_shape, b_shape, context.where());
    const Equation::Edges edges = equation.edges();
    for (std::size_t e = 0; e < edges.inputs.size() && (counted == Counted::products || !common); ++e)
        ebops +=
            bits[0][static_cast<std::size_t>(edges.inputs[e])] * bits[1][static_cast<std::size_t>(edges.kernel[e])];
    context.count(ebops);
    return context.finish(contract(context, x[0], x[1], equation));
}

} // namespace

Tensor contract(Context& context, const Tensor& a, const Tensor& b, const Equation& equation) {
    const Equation::Edges edges = equation.edges();
    std::vector<std::size_t> order(edges.outputs.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t p, std::size_t q) { return edges.outputs[p] < edges.outputs[q]; });
    const std::size_t outputs = elements(equation.output_shape());
    const std::vector<std::size_t> grouped{outputs, order.size() / outputs};
    const auto factors = [&](const Tensor& x, const std::vector<std::int64_t>& elements_of_edges) {
        std::vector<std::int64_t> index;
        for (const std::size_t edge : order)
            index.push_back(elements_of_edges[edge]);
        return context.builder().gather(context.name(), {x}, std::move(index), grouped);
    };
    const Tensor products =
        context.builder().multiply(context.name(), factors(a, edges.inputs), factors(b, edges.kernel));
    Tensor y = context.builder().reduce(context.name(), products, model::Reduce::Kind::sum);
    y.shape = equation.output_shape();
    return y;
}

Tensor einsum(Context& context) {
    if (context.inputs().size() != 2) context.fail("has " + std::to_string(context.inputs().size()) + " inputs, not 2");
    const auto text = context.config().get<std::string>("equation");
    return multiply(context, without_second_batch(context, text), context.inputs()[0].shape, context.inputs()[1].shape,
                    Counted::products);
}

Tensor dot(Context& context) {
    if (context.inputs().size() != 2) context.fail("has " + std::to_string(context.inputs().size()) + " inputs, not 2");
    context.require("normalize", false);
    const JsonReader reader = context.config().at("axes");
    const auto axes = reader.json().is_number() ? std::vector<std::int64_t>(2, reader.as<std::int64_t>())
                                                : reader.as<std::vector<std::int64_t>>();
    if (axes.size() != 2) reader.fail("must be one number or two");
    std::vector<std::vector<std::size_t>> shapes;
    std::string operands[2], output;
    char letter = 'c';
    for (std::size_t i = 0; i < 2; ++i) {
        shapes.push_back(context.inputs()[i].shape);
        const auto rank = static_cast<std::int64_t>(shapes[i].size());
        const std::int64_t axis = axes[i] < 0 ? axes[i] + rank : axes[i] - 1; // without the batch
        if (axis < 0 || axis >= rank) reader.fail("an axis is the batch or does not exist");
        if (rank > 8) context.fail("an input has too many axes");
        for (std::int64_t a = 0; a < rank; ++a) {
            operands[i] += a == axis ? 'b' : letter;
            if (a != axis) output += letter++;
        }
    }
    if (output.empty()) { // two vectors: the result keeps one axis
        shapes[0].insert(shapes[0].begin(), 1);
        operands[0].insert(operands[0].begin(), letter);
        output += letter;
    }
    return multiply(context, "a" + operands[0] + "," + operands[1] + "->a" + output, shapes[0], shapes[1],
                    Counted::elements);
}

} // namespace bitgrain::import
