#include "import/layers/lookup.hpp"

#include "base/error.hpp"
#include "import/layers/tables.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::import {

namespace {

/// Evaluates the functions of the edges.
class Evaluator {
  public:
    Evaluator(const Edges& edges, const Functions& functions, Function activation, const std::string& where)
        : functions_(functions), activation_(activation), where_(where) {
        std::vector<std::size_t> owners; // shape of the edges that own a function: the kernels' leading axes
        const std::vector<std::size_t>& first = functions.stages.front().kernel.shape;
        owners.assign(first.begin(), first.end() - 2);
        Array numbers{owners, {}};
        for (std::size_t i = 0; i < elements(owners); ++i)
            numbers.values.push_back(static_cast<double>(i));
        for (const double owner : broadcast(numbers, edges.shape, where).values)
            owner_.push_back(static_cast<std::size_t>(owner));
        check(elements(owners));
    }

    std::size_t owner(std::size_t edge) const { return owner_[edge]; }

    double operator()(std::size_t edge, double x) {
        values_.assign(1, x);
        for (std::size_t s = 0; s < functions_.stages.size(); ++s) {
            if (s > 0) std::transform(values_.begin(), values_.end(), values_.begin(), activation_);
            advance(functions_.stages[s], owner_[edge]);
        }
        double y = values_[0];
        if (functions_.norm) y = y * functions_.norm->factor[edge] + functions_.norm->shift[edge];
        return y;
    }

  private:
    /// One number enters and one leaves. A first kernel with several rows gets the number on each of them.
    void check(std::size_t owners) const {
        std::size_t width = 1;
        for (const Functions::Stage& stage : functions_.stages) {
            const std::vector<std::size_t>& shape = stage.kernel.shape;
            const std::size_t from = shape[shape.size() - 2], to = shape.back();
            const bool first = &stage == &functions_.stages.front();
            if (stage.kernel.size() != owners * from * to || (from != width && !first) ||
                (stage.bias && stage.bias->size() != owners * to)) {
                throw Error("the stored arrays of the edges' functions do not fit each other", where_);
            }
            width = to;
        }
        if (width != 1) throw Error("the edges' functions have more than one value", where_);
    }

    void advance(const Functions::Stage& stage, std::size_t owner) {
        const std::size_t to = stage.kernel.shape.back(), from = stage.kernel.shape[stage.kernel.shape.size() - 2];
        std::vector<double> next(to, 0.0);
        for (std::size_t i = 0; i < from; ++i) {
            for (std::size_t j = 0; j < to; ++j)
                next[j] += values_[values_.size() == 1 ? 0 : i] * stage.kernel.values[(owner * from + i) * to + j];
        }
        for (std::size_t j = 0; stage.bias && j < to; ++j)
            next[j] += stage.bias->values[owner * to + j];
        values_ = std::move(next);
    }

    const Functions& functions_;
    Function activation_;
    const std::string& where_;
    std::vector<std::size_t> owner_;
    std::vector<double> values_;
};

model::Table make_tables(Context& context, const Edges& edges, const Functions& functions, const Quantizer& in,
                         const Quantizer& out, const std::vector<std::size_t>& order) {
    Evaluator evaluate(edges, functions, read_function(context.config().at("subnn_activation")), context.where());
    Tables tables(context);
    for (const std::size_t edge : order) {
        std::vector<double> identity{static_cast<double>(evaluate.owner(edge))};
        if (functions.norm) {
            identity.push_back(functions.norm->factor[edge]);
            identity.push_back(functions.norm->shift[edge]);
        }
        tables.add(in, out, edge, identity, [&](double x) { return evaluate(edge, x); });
    }
    return tables.take();
}

/// All bits with the sign; what wraps has none when only the sign is left.
int full_bits(const fx::Cast& cast) {
    if (cast.overflow == fx::Overflow::wrap && cast.format.integer + cast.format.fraction <= 0) return 0;
    return std::max(cast.format.width(), 0);
}

/// HGQ2's surrogate: look-up tables of `inputs` address bits, which can be split below `split`.
void count_ebops(Context& context, const Edges& edges, const Quantizer& in, const Quantizer& out) {
    const JsonReader reader = context.config().at("table_idxs");
    const auto sizes = reader.as<std::vector<double>>();
    if (sizes.size() != 2 || !(sizes[1] >= 1) || !(sizes[0] >= sizes[1]) || sizes[0] > 16)
        reader.fail("must be two numbers from 1 to 16, falling");
    const double inputs = sizes[0], split = sizes[1];
    double total = 0;
    for (std::size_t e = 0; e < edges.inputs.size(); ++e) {
        const int bits = full_bits(in.casts[e]);
        const double luts = bits >= split ? std::exp2(bits - split) : bits / split;
        total += full_bits(out.casts[e]) * (std::exp2(split - inputs) * luts + 1);
    }
    context.count(total, edges.positions);
}

} // namespace

Functions::Norm read_norm(Context& context, const std::map<std::string, Array>& stored, const std::string& before,
                          const Edges& edges, const std::function<Array(const Array&)>& along) {
    const double epsilon = context.config().get<double>("bn_epsilon");
    const auto values = [&](const std::string& name, double otherwise) {
        const auto found = stored.find(name);
        if (found == stored.end()) return std::vector<double>(edges.inputs.size(), otherwise);
        return broadcast(along(found->second), edges.shape, context.where()).values;
    };
    const auto gamma = values(before + "gamma", 1.0), beta = values(before + "beta", 0.0);
    const auto mean = values("moving_mean", 0.0), variance = values("moving_variance", 1.0);
    // The sum of n functions is to vary as much as one of them.
    const double share =
        1.0 / std::sqrt(static_cast<double>(edges.inputs.size()) / static_cast<double>(elements(edges.out_shape)));
    Functions::Norm norm;
    for (std::size_t e = 0; e < edges.inputs.size(); ++e) {
        const double factor = gamma[e] / std::sqrt(variance[e] + epsilon);
        norm.factor.push_back(factor * share);
        norm.shift.push_back((beta[e] - mean[e] * factor) * share);
    }
    return norm;
}

Tensor lookup(Context& context, const Edges& edges, const Functions& functions) {
    if (!context.config().get<bool>("enable_iq")) context.fail("has no input quantizer, so its tables have no keys");
    const Quantizer in = context.quantizer("iq_conf", "iq", edges.shape);
    const Quantizer out = context.quantizer("toq_conf", "toq", edges.shape);
    const std::size_t outputs = elements(edges.out_shape);
    if (edges.inputs.empty() || edges.inputs.size() % outputs != 0) context.fail("the edges do not divide the outputs");
    const std::size_t group = edges.inputs.size() / outputs;
    std::vector<std::size_t> order(edges.inputs.size());
    for (std::size_t e = 0; e < order.size(); ++e)
        order[e] = e;
    std::stable_sort(order.begin(), order.end(),
                     [&](std::size_t a, std::size_t b) { return edges.outputs[a] < edges.outputs[b]; });
    std::vector<std::int64_t> sources;
    Quantizer keys{{}, {}, in.rounding, {}};
    for (const std::size_t edge : order) {
        sources.push_back(edges.inputs[edge]);
        keys.casts.push_back(in.casts[edge]);
    }
    count_ebops(context, edges, in, out);
    Builder& builder = context.builder();
    const std::vector<std::size_t> grouped{outputs, group};
    Tensor x = builder.gather(context.name(), {context.input()}, std::move(sources), grouped);
    x = context.cast(x, keys);
    x = builder.table(context.name(), x, make_tables(context, edges, functions, in, out, order));
    Tensor y = builder.reduce(context.name(), x, model::Reduce::Kind::sum);
    y.shape = edges.out_shape;
    return context.finish(y);
}

} // namespace bitgrain::import
