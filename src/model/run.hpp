// The semantics of every model op, once, generic over what a value is (a Domain):
//   Numbers    batched exact integers       -> bit-exact inference
//   Intervals  fx::Interval                 -> range proof
//   lower's    netlist signals              -> lowering (only affine is overridden there)
#pragma once

#include "base/error.hpp"
#include "model/model.hpp"

#include <concepts>
#include <span>
#include <utility>
#include <vector>

namespace bitgrain::model {

/// The operations a value type must offer. A domain may also define begin_step(number of the step) and
/// begin_element(i), which are called before the work on each, so that it knows where it is.
template <class D>
concept Domain = requires(D domain, const typename D::Value& a, const Affine& affine, const Table::Content& table,
                          const fx::Cast& cast, std::span<const typename D::Value> values) {
    { domain.zero() } -> std::same_as<typename D::Value>;
    { domain.add(a, a) } -> std::same_as<typename D::Value>;
    { domain.mul(a, a) } -> std::same_as<typename D::Value>;
    { domain.maximum(a, a) } -> std::same_as<typename D::Value>;
    { domain.relu(a) } -> std::same_as<typename D::Value>;
    { domain.cast(a, cast) } -> std::same_as<typename D::Value>;
    { domain.table(a, table) } -> std::same_as<typename D::Value>;
    { domain.affine(affine, values) } -> std::same_as<std::vector<typename D::Value>>;
};

/// One step: call it with the step's op. `in` holds one value (a list of elements) per operand.
template <Domain D>
class StepRunner {
  public:
    using Element = typename D::Value;
    using Value = std::vector<Element>;

    StepRunner(D& domain, std::span<const Value* const> in) : domain_(domain), in_(in), x_(*in[0]) {}

    Value operator()(const Affine& op) const { return domain_.affine(op, std::span<const Element>(x_)); }
    Value operator()(const Cast& op) const {
        return each(x_.size(), [&](std::size_t i) { return domain_.cast(x_[i], op.casts[i]); });
    }
    Value operator()(const Relu&) const {
        return each(x_.size(), [&](std::size_t i) { return domain_.relu(x_[i]); });
    }
    Value operator()(const Table& op) const {
        return each(x_.size(), [&](std::size_t i) { return domain_.table(x_[i], op.tables[op.index[i]]); });
    }
    Value operator()(const Gather& op) const {
        std::vector<const Element*> all;
        for (const Value* operand : in_) {
            for (const Element& element : *operand)
                all.push_back(&element);
        }
        return each(op.index.size(), [&](std::size_t i) {
            return op.index[i] < 0 ? domain_.zero() : *all[static_cast<std::size_t>(op.index[i])];
        });
    }
    Value operator()(const Add&) const {
        return each(x_.size(), [&](std::size_t i) { return sum(i, 0, in_.size()); });
    }
    Value operator()(const Mul&) const {
        return each(x_.size(), [&](std::size_t i) { return domain_.mul(x_[i], (*in_[1])[i]); });
    }
    Value operator()(const Reduce& op) const {
        return each(x_.size() / op.size, [&](std::size_t g) { return reduce(op.kind, g * op.size, op.size); });
    }

  private:
    template <class Function>
    Value each(std::size_t count, Function function) const {
        Value y;
        y.reserve(count);
        for (std::size_t i = 0; i < count; ++i) {
            if constexpr (requires { domain_.begin_element(i); }) domain_.begin_element(i);
            y.push_back(function(i));
        }
        return y;
    }
    // Both are balanced trees, so that the netlist is as shallow as it can be.
    Element sum(std::size_t i, std::size_t first, std::size_t count) const {
        if (count == 1) return (*in_[first])[i];
        return domain_.add(sum(i, first, count / 2), sum(i, first + count / 2, count - count / 2));
    }
    Element reduce(Reduce::Kind kind, std::size_t first, std::size_t count) const {
        if (count == 1) return x_[first];
        const Element a = reduce(kind, first, count / 2);
        const Element b = reduce(kind, first + count / 2, count - count / 2);
        return kind == Reduce::Kind::sum ? domain_.add(a, b) : domain_.maximum(a, b);
    }

    D& domain_;
    std::span<const Value* const> in_;
    const Value& x_;
};

/// Runs a valid model; `inputs` has one list per model input, in the port's formats. Returns every value (inputs
/// first).
template <Domain D>
std::vector<std::vector<typename D::Value>> run_all(const Model& model, D& domain,
                                                    std::vector<std::vector<typename D::Value>> inputs) {
    CHECK(inputs.size() == model.inputs.size(), "one list per input");
    auto values = std::move(inputs);
    values.reserve(values.size() + model.steps.size()); // the operands' addresses stay
    std::vector<const std::vector<typename D::Value>*> in;
    for (std::size_t s = 0; s < model.steps.size(); ++s) {
        const Step& step = model.steps[s];
        if constexpr (requires { domain.begin_step(s); }) domain.begin_step(s);
        in.clear();
        for (const std::size_t operand : step.operands)
            in.push_back(&values[operand]);
        values.push_back(std::visit(StepRunner<D>(domain, in), step.op));
    }
    return values;
}

} // namespace bitgrain::model
