// The semantics of every model op, once, generic over what a value is (a Domain):
//   Numbers    batched exact integers       -> bit-exact inference
//   Intervals  fx::Interval                 -> range proof
//   lower's    netlist signals              -> lowering (only affine is overridden there)
#pragma once

#include "base/error.hpp"
#include "model/model.hpp"

#include <concepts>
#include <span>
#include <vector>

namespace bitgrain::model {

template <class D>
concept Domain = requires(D domain, const typename D::Value& a, const Affine& affine, const Table::Content& table, const fx::Cast& cast,
                          std::span<const typename D::Value> values) {
    { domain.zero() } -> std::same_as<typename D::Value>;
    { domain.add(a, a) } -> std::same_as<typename D::Value>;
    { domain.mul(a, a) } -> std::same_as<typename D::Value>;
    { domain.maximum(a, a) } -> std::same_as<typename D::Value>;
    { domain.relu(a) } -> std::same_as<typename D::Value>;
    { domain.cast(a, cast) } -> std::same_as<typename D::Value>;
    { domain.table(a, table) } -> std::same_as<typename D::Value>;
    { domain.affine(affine, values) } -> std::same_as<std::vector<typename D::Value>>;
};

/// A domain may define begin_step(step) and begin_element(i) to know where it is (lower does, for names).
template <Domain D>
std::vector<typename D::Value> run_step(D& domain, const Step& step, std::span<const std::vector<typename D::Value>* const> in) {
    using Value = typename D::Value;
    const auto element = [&](std::size_t i) {
        if constexpr (requires { domain.begin_element(i); }) domain.begin_element(i);
    };
    const std::vector<Value>& x = *in[0];
    std::vector<Value> y;
    const auto each = [&](std::size_t n, auto&& f) {
        y.reserve(n);
        for (std::size_t i = 0; i < n; ++i) {
            element(i);
            y.push_back(f(i));
        }
    };
    struct Visitor {
        D& domain;
        std::span<const std::vector<Value>* const> in;
        const std::vector<Value>& x;
        std::vector<Value>& y;
        const decltype(each)& for_each;

        void operator()(const Affine& op) const { y = domain.affine(op, std::span<const Value>(x)); }
        void operator()(const Cast& op) const {
            for_each(x.size(), [&](std::size_t i) { return domain.cast(x[i], op.casts[i]); });
        }
        void operator()(const Relu&) const {
            for_each(x.size(), [&](std::size_t i) { return domain.relu(x[i]); });
        }
        void operator()(const Table& op) const {
            for_each(x.size(), [&](std::size_t i) { return domain.table(x[i], op.tables[op.index[i]]); });
        }
        void operator()(const Gather& op) const {
            std::vector<const Value*> all;
            for (const auto* operand : in) {
                for (const Value& value : *operand) all.push_back(&value);
            }
            for_each(op.index.size(), [&](std::size_t i) {
                return op.index[i] < 0 ? domain.zero() : *all[static_cast<std::size_t>(op.index[i])];
            });
        }
        void operator()(const Add&) const {
            for_each(x.size(), [&](std::size_t i) {
                Value sum = x[i];
                for (std::size_t k = 1; k < in.size(); ++k) sum = domain.add(sum, (*in[k])[i]);
                return sum;
            });
        }
        void operator()(const Mul&) const {
            for_each(x.size(), [&](std::size_t i) { return domain.mul(x[i], (*in[1])[i]); });
        }
        void operator()(const Reduce& op) const {
            for_each(x.size() / op.size, [&](std::size_t g) { return reduce(op, g * op.size, op.size); });
        }
        /// Balanced, so that the netlist is as shallow as it can be.
        Value reduce(const Reduce& op, std::size_t first, std::size_t n) const {
            if (n == 1) return x[first];
            const Value a = reduce(op, first, n / 2);
            const Value b = reduce(op, first + n / 2, n - n / 2);
            return op.kind == Reduce::Kind::sum ? domain.add(a, b) : domain.maximum(a, b);
        }
    };
    std::visit(Visitor{domain, in, x, y, each}, step.op);
    return y;
}

/// Runs a valid model; `inputs` has one list per model input, in the port's formats. Returns every value (inputs first).
template <Domain D>
std::vector<std::vector<typename D::Value>> run_all(const Model& model, D& domain,
                                                    std::vector<std::vector<typename D::Value>> inputs) {
    using Value = typename D::Value;
    CHECK(inputs.size() == model.inputs.size(), "one list per input");
    std::vector<std::vector<Value>> values = std::move(inputs);
    values.reserve(values.size() + model.steps.size());
    for (const Step& step : model.steps) {
        if constexpr (requires { domain.begin_step(step); }) domain.begin_step(step);
        std::vector<const std::vector<Value>*> in;
        for (const std::size_t operand : step.operands) in.push_back(&values[operand]);
        values.push_back(run_step(domain, step, std::span<const std::vector<Value>* const>(in)));
    }
    return values;
}

} // namespace bitgrain::model
