#include "model/builder.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::model {

namespace {

/// Elements of a diagonal matrix that are one step: few steps, and no large matrix of zeros.
constexpr std::size_t diagonal_block = 32;

bool is_identity(const std::vector<std::int64_t>& index) {
    for (std::size_t i = 0; i < index.size(); ++i) {
        if (index[i] != static_cast<std::int64_t>(i)) return false;
    }
    return true;
}

} // namespace

std::size_t elements(const std::vector<std::size_t>& shape) {
    std::size_t product = 1;
    for (const std::size_t extent : shape)
        product *= extent;
    return product;
}

Tensor Builder::step(const std::string& name, std::vector<std::size_t> operands, Op op,
                     std::vector<std::size_t> shape) {
    model_.steps.push_back({name, std::move(operands), std::move(op)});
    return {model_.inputs.size() + model_.steps.size() - 1, std::move(shape)};
}

Tensor Builder::input(const std::string& name, const std::vector<std::size_t>& shape) {
    CHECK(model_.steps.empty(), "inputs come first");
    Input input;
    input.name = name;
    input.shape = shape;
    input.formats.resize(elements(shape));
    model_.inputs.push_back(std::move(input));
    return {model_.inputs.size() - 1, shape};
}

void Builder::output(const std::string& name, const Tensor& x) {
    model_.outputs.push_back({name, x.shape, x.value});
}

Tensor Builder::cast(const std::string& name, const Tensor& x, std::vector<fx::Cast> casts) {
    CHECK(casts.size() == x.size(), "one cast per element");
    return step(name, {x.value}, Cast{std::move(casts)}, x.shape);
}

Tensor Builder::cast(const std::string& name, const Tensor& x, const std::vector<fx::Cast>& casts, Rounding rounding,
                     std::set<std::size_t>& wide) {
    const RoundingRecipe how = recipe(rounding);
    if (how.is_basis()) return cast(name, x, casts);
    std::vector<fx::Cast> rounds, overflows;
    for (const fx::Cast& cast : casts) {
        const fx::Format& format = cast.format;
        const fx::Format some{true, 1 - format.fraction, format.fraction};
        rounds.push_back({format.is_zero() ? format : some, cast.round, fx::Overflow::wrap});
        overflows.push_back({format, fx::Round::trn, cast.overflow});
    }
    const auto negative = [&](const Tensor& tensor) {
        return scale(name, tensor, std::vector<double>(tensor.size(), -1.0), std::vector<double>(tensor.size(), 0.0));
    };
    const auto part = [&](const Tensor& tensor) {
        const Tensor y = cast(name, how.mirrored ? negative(tensor) : tensor, rounds);
        wide.insert(y.value - model_.inputs.size());
        return how.mirrored ? negative(y) : y;
    };
    const auto rounded = [&] {
        if (!how.odd) return part(x);
        const Tensor above = part(relu(name, x)), below = part(relu(name, negative(x)));
        return add(name, {above, negative(below)});
    };
    return cast(name, rounded(), std::move(overflows));
}

Tensor Builder::relu(const std::string& name, const Tensor& x) {
    return step(name, {x.value}, Relu{}, x.shape);
}

Tensor Builder::gather(const std::string& name, const std::vector<Tensor>& x, std::vector<std::int64_t> index,
                       const std::vector<std::size_t>& shape) {
    CHECK(index.size() == elements(shape), "one index per element");
    if (x.size() == 1 && index.size() == x[0].size() && is_identity(index)) return {x[0].value, shape};
    std::vector<std::size_t> operands;
    for (const Tensor& tensor : x)
        operands.push_back(tensor.value);
    return step(name, std::move(operands), Gather{std::move(index)}, shape);
}

Tensor Builder::blocks(const std::string& name, const Tensor& x, const std::vector<Block>& list,
                       const std::vector<std::size_t>& shape) {
    std::vector<Tensor> parts;
    std::vector<std::int64_t> index(elements(shape), -1);
    std::int64_t at = 0;
    for (const Block& block : list) {
        const Tensor rows = gather(name, {x}, block.inputs, {block.inputs.size()});
        const std::size_t columns = block.outputs.size();
        Affine affine{block.inputs.size(), columns, block.weights, block.bias};
        CHECK(affine.weights.size() == affine.rows * columns && affine.bias.size() == columns, "sizes of a block");
        parts.push_back(step(name, {rows.value}, std::move(affine), {columns}));
        for (const std::size_t output : block.outputs) {
            CHECK(output < index.size() && index[output] < 0, "each output once");
            index[output] = at++;
        }
    }
    CHECK(std::none_of(index.begin(), index.end(), [](std::int64_t i) { return i < 0; }), "no output is left out");
    return gather(name, parts, std::move(index), shape);
}

Tensor Builder::scale(const std::string& name, const Tensor& x, const std::vector<double>& scale,
                      const std::vector<double>& shift) {
    CHECK(scale.size() == x.size() && shift.size() == x.size(), "one factor and one shift per element");
    std::vector<Block> list;
    for (std::size_t first = 0; first < x.size(); first += diagonal_block) {
        const std::size_t count = std::min(diagonal_block, x.size() - first);
        Block& block = list.emplace_back();
        block.weights.resize(count * count);
        for (std::size_t i = 0; i < count; ++i) {
            block.inputs.push_back(static_cast<std::int64_t>(first + i));
            block.outputs.push_back(first + i);
            block.weights[i * count + i] = scale[first + i];
            block.bias.push_back(shift[first + i]);
        }
    }
    return blocks(name, x, list, x.shape);
}

Tensor Builder::add(const std::string& name, const std::vector<Tensor>& x) {
    std::vector<std::size_t> operands;
    for (const Tensor& tensor : x) {
        CHECK(tensor.shape == x[0].shape, "summands of one shape");
        operands.push_back(tensor.value);
    }
    return step(name, std::move(operands), Add{}, x[0].shape);
}

Tensor Builder::maximum(const std::string& name, const std::vector<Tensor>& x) {
    CHECK(!x.empty(), "something to compare");
    std::vector<std::int64_t> index;
    const std::size_t count = x[0].size();
    for (std::size_t e = 0; e < count; ++e) {
        for (std::size_t i = 0; i < x.size(); ++i)
            index.push_back(static_cast<std::int64_t>(i * count + e));
    }
    std::vector<std::size_t> shape = x[0].shape;
    shape.push_back(x.size());
    return reduce(name, gather(name, x, std::move(index), shape), Reduce::Kind::max);
}

Tensor Builder::reduce(const std::string& name, const Tensor& x, Reduce::Kind kind) {
    CHECK(!x.shape.empty(), "an axis to reduce");
    std::vector<std::size_t> shape(x.shape.begin(), x.shape.end() - 1);
    return step(name, {x.value}, Reduce{kind, x.shape.back()}, std::move(shape));
}

Tensor Builder::multiply(const std::string& name, const Tensor& a, const Tensor& b) {
    CHECK(a.shape == b.shape, "factors of one shape");
    return step(name, {a.value, b.value}, Mul{}, a.shape);
}

Tensor Builder::table(const std::string& name, const Tensor& x, Table op) {
    return step(name, {x.value}, std::move(op), x.shape);
}

} // namespace bitgrain::model
