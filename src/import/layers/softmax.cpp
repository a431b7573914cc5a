// QSoftmax (method, section 10.1): an exponential and an inverse as tables, with exact sums and products around them.
//   stable:    e = exp_table(max(x) - x)     unstable:    e = exp_table(x)
//   y = e * inv_table(sum(e))
#include "import/layers/axes.hpp"
#include "import/layers/table.hpp"
#include "import/layers/tables.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::import {

namespace {

/// HGQ2 adds it to the sum: Keras's epsilon. In single precision, as there: 1/(2 + 1e-7) is 1/2 then.
double inverse(double sum) {
    return static_cast<double>(1.0F / (static_cast<float>(sum) + 1e-7F));
}

/// Values of groups of elements.
class Groups {
  public:
    Groups(Context& context, const std::vector<std::size_t>& shape, const std::vector<bool>& axes)
        : context_(context), shape_(shape), groups_(groups_along(shape, axes)), kept_(shape) {
        for (std::size_t a = 0; a < shape.size(); ++a)
            kept_[a] = axes[a] ? 1 : shape[a];
    }

    std::size_t count() const { return groups_.size(); }

    /// One value per group; its axes stay, with size 1.
    Tensor reduce(const Tensor& x, model::Reduce::Kind kind) const {
        std::vector<std::int64_t> index;
        for (const auto& group : groups_)
            index.insert(index.end(), group.begin(), group.end());
        Builder& builder = context_.builder();
        Tensor y = builder.reduce(context_.name(),
                                  builder.gather(context_.name(), {x}, index, {count(), groups_[0].size()}), kind);
        y.shape = kept_;
        return y;
    }

    /// The group's value for each of its elements.
    Tensor spread(const Tensor& y) const {
        return context_.builder().gather(context_.name(), {y}, group_of_element(), shape_);
    }

    std::vector<std::int64_t> group_of_element() const {
        std::vector<std::int64_t> index(elements(shape_));
        for (std::size_t g = 0; g < count(); ++g) {
            for (const std::int64_t e : groups_[g])
                index[static_cast<std::size_t>(e)] = static_cast<std::int64_t>(g);
        }
        return index;
    }

    const std::vector<std::vector<std::int64_t>>& list() const { return groups_; }

  private:
    Context& context_;
    std::vector<std::size_t> shape_;
    std::vector<std::vector<std::int64_t>> groups_;
    std::vector<std::size_t> kept_;
};

/// A table between its two quantizers, a layer inside this one. `bits` gets the widths of its values.
Tensor inner_table(Context& context, const std::string& part, const std::string& before, const Tensor& x,
                   const Function& function, std::vector<double>& in_bits, std::vector<double>& bits) {
    JsonReader& config = context.config();
    const Json inner{{"iq_conf", config.at(before + "_iq_conf").json()},
                     {"oq_conf", config.at(before + "_oq_conf").json()},
                     {"enable_iq", true},
                     {"enable_oq", true},
                     {"enable_ebops", config.get<bool>("enable_ebops", false)}};
    return context.inside(part, inner, {x}, [&](Context& table) {
        table.take(table.counters());
        in_bits = table.quantizer("iq_conf", "iq", x.shape).bits;
        bits = table.quantizer("oq_conf", "oq", x.shape).bits;
        return table_between(table, function);
    });
}

/// Without the largest value the layer's input quantizer makes the keys.
Tensor unstable_exponential(Context& context, const Function& function, std::vector<double>& in_bits,
                            std::vector<double>& bits) {
    JsonReader& config = context.config();
    const Tensor& x = context.input();
    config.has("exp_iq_conf");
    if (!config.get<bool>("enable_iq")) {
        config.at("enable_iq")
            .fail("is false while 'stable' is false: the exponential's table has no keys",
                  "set stable=True, or give the layer an input quantizer");
    }
    const Quantizer in = context.quantizer("iq_conf", "iq", x.shape);
    const Part& table = context.part("exp_table");
    table.take({}, context.where());
    if (table.find("iq") != nullptr) context.fail("the table of an unstable softmax has an input quantizer of its own");
    const Quantizer out = read_quantizer(config.at("exp_oq_conf"), table.at("oq", context.where()), x.shape);
    in_bits = in.bits;
    bits = out.bits;
    return look_up(context, x, in, out, function);
}

Tensor minus(Context& context, const Tensor& a, const Tensor& b) {
    Builder& builder = context.builder();
    const std::size_t n = b.size();
    const Tensor negative = builder.scale(context.name(), b, std::vector<double>(n, -1.0), std::vector<double>(n, 0.0));
    return builder.add(context.name(), {a, negative});
}

} // namespace

Tensor softmax(Context& context) {
    context.ignore({"allow_heterogeneous_table"}); // how the widths are shared
    context.take(context.counters());
    JsonReader& config = context.config();
    const std::vector<std::size_t> shape = context.input().shape;
    const Groups groups(context, shape, read_axes(context, "axes", shape.size()));
    const bool stable = config.get<bool>("stable");
    const double scale = config.get<double>("input_scaler");
    if (!std::isfinite(scale)) config.at("input_scaler").fail("is not a finite number");
    const Function exponential = [factor = stable ? -scale : scale](double x) { return std::exp(factor * x); };

    std::vector<double> in_bits, key_bits, e_bits, sum_bits, r_bits;
    double ebops = 0;
    Tensor e;
    if (stable) {
        const Tensor x = context.quantized_input(in_bits);
        const Tensor largest = groups.spread(groups.reduce(x, model::Reduce::Kind::max));
        // Never negative, but the ranges do not know: without the sign the table is half as large.
        const Tensor below = context.builder().relu(context.name(), minus(context, largest, x));
        e = inner_table(context, "exp_table", "exp", below, exponential, key_bits, e_bits);
        for (const double b : config.get<bool>("enable_iq") ? in_bits : key_bits)
            ebops += b;
    } else {
        e = unstable_exponential(context, exponential, in_bits, e_bits);
        for (std::size_t i = 0; i < e.size(); ++i)
            ebops += table_bits(in_bits[i], e_bits[i]);
    }
    const Tensor sum = groups.reduce(e, model::Reduce::Kind::sum);
    const Tensor r = inner_table(context, "inv_table", "inv", sum, inverse, sum_bits, r_bits);
    for (std::size_t g = 0; g < groups.count(); ++g) {
        double least = e_bits[static_cast<std::size_t>(groups.list()[g][0])];
        for (const std::int64_t i : groups.list()[g]) {
            const double b = e_bits[static_cast<std::size_t>(i)];
            least = std::min(least, b);
            ebops += b + b * r_bits[g];
        }
        ebops -= least;
    }
    context.count(ebops, groups.count());
    return context.finish(context.builder().multiply(context.name(), e, groups.spread(r)));
}

} // namespace bitgrain::import
