#include "nn/layers/activation.hpp"

#include "base/error.hpp"

#include <cmath>
#include <sstream>

namespace bitgrain::nn {

namespace {

constexpr int finest_top = 16; ///< fraction bits of a cap: each is a bit of every comparison with it

std::string text(double number) {
    std::ostringstream out;
    out.precision(17);
    out << number;
    return out.str();
}

Activation rectified(LayerContext& context, const Tensor& x, const Rectifier& rectifier) {
    Tensor y = x;
    if (rectifier.slope == 0.0 && !rectifier.capped()) { // quantised values stay in their formats
        y.var = relu(context.graph, context.name, x.var);
    } else {
        y.quantizer.reset();
        y.var = rectify(context.graph, context.name, x.var, rectifier);
    }
    return {y, rectifier};
}

Activation linear(LayerContext&, const Tensor& x) {
    return {x, Rectifier{}};
}

Activation relu_activation(LayerContext& context, const Tensor& x) {
    Rectifier rectifier{0.0};
    if (context.reader.has("max")) {
        const JsonReader field = context.reader.at("max");
        rectifier.top = field.as<double>();
        if (!(rectifier.top > 0.0)) field.fail("must be more than 0");
        const double nearest = std::ldexp(std::nearbyint(std::ldexp(rectifier.top, finest_top)), -finest_top);
        if (rectifier.top != nearest) {
            field.fail("needs more than " + std::to_string(finest_top) + " fraction bits",
                       "the nearest with that many is " + text(nearest));
        }
    }
    return rectified(context, x, rectifier);
}

Activation leaky_relu(LayerContext& context, const Tensor& x) {
    const double slope = context.reader.get("slope", 0.125);
    int exponent = 0;
    const bool power = std::frexp(slope, &exponent) == 0.5;
    if (!(slope > 0.0 && slope < 1.0)) context.reader.at("slope").fail("must lie between 0 and 1");
    if (!power) {
        const double below = std::ldexp(0.5, exponent), above = 2.0 * below;
        context.reader.at("slope").fail("must be a power of two: a shift, which is free in hardware",
                                        "use " + text(below) + (above < 1.0 ? " or " + text(above) : ""));
    }
    return rectified(context, x, Rectifier{slope});
}

/// A quantizer that saturates at a fixed -2^integer and 2^integer - 2^-fraction: a function and its widths in one.
Tensor saturated(LayerContext& context, const Tensor& x, int integer) {
    QuantizerSettings base = context.defaults.activation;
    base.overflow = fx::Overflow::sat;
    base.proven = false;
    base.adapt = false;
    base.integer = base.min_integer = base.max_integer = integer;
    const auto chosen = context.settings("quantizer", base);
    if (!chosen || chosen->overflow == fx::Overflow::wrap) {
        context.reader.at("quantizer").fail("its saturation is the function of this activation", "use SAT or SAT_SYM");
    }
    if (chosen->integer != integer || chosen->min_integer != integer || chosen->max_integer != integer)
        context.reader.at("quantizer").fail("the integer bits of this activation are " + std::to_string(integer));
    Tensor y = x;
    const double bound = std::ldexp(1.0, integer);
    y.var = clamp_before_quantizer(context.graph, context.name, x.var, -bound, bound);
    return context.quantized_by(y, *chosen, "activation");
}

Activation hard_tanh(LayerContext& context, const Tensor& x) {
    return {saturated(context, x, 0), std::nullopt};
}

Activation hard_sigmoid(LayerContext& context, const Tensor& x) {
    Tensor y = saturated(context, x, 1);
    y.quantizer.reset();
    y.var = scale(context.graph, context.name, y.var, 0.25, 0.5);
    return {y, std::nullopt};
}

/// oq(phi(iq(x))): both quantizers are this layer's own, the input's bounded, because each of its bits doubles the
/// table.
Activation tabulated(LayerContext& context, const Tensor& x, Function function) {
    constexpr double most_bits = most_table_bits - 1; // beside the sign
    QuantizerSettings base = context.defaults.activation;
    base.overflow = fx::Overflow::sat;
    base.proven = false;
    base.max_bits = std::min(base.max_bits, most_bits);
    base.bits = std::min(base.bits, most_bits);
    const auto in = context.settings("input_quantizer", base);
    if (!in || in->overflow == fx::Overflow::wrap) {
        context.reader.at("input_quantizer")
            .fail("a table needs an input of bounded width, whose range is trained", "use SAT or SAT_SYM");
    }
    if (in->max_bits > most_bits || in->bits > most_bits) {
        context.reader.at("input_quantizer")
            .fail("a table has an entry for each of 2^(bits + 1) inputs", "use at most " + text(most_bits) + " bits");
    }
    base = context.defaults.activation;
    base.overflow = fx::Overflow::sat_sym;
    base.proven = false;
    const auto out = context.settings("quantizer", base);
    if (!out || out->proven)
        context.reader.at("quantizer").fail("the entries of a table need a quantizer", "use SAT, SAT_SYM or WRAP");

    Tensor y = context.quantized_by(x, *in, "table_input");
    CostTerm cost;
    cost.kind = CostTerm::Kind::table;
    cost.factor = table_factor;
    cost.beta_factor = context.beta_factor();
    cost.group_size = 2;
    cost.quantizers = {y.quantizer->number};
    cost.width_vars = {y.quantizer->width};
    y.var = apply(context.graph, context.name, y.var, function);
    y = context.quantized_by(y, *out, "table");
    cost.quantizers.push_back(y.quantizer->number);
    cost.width_vars.push_back(y.quantizer->width);
    for (std::uint32_t e = 0; e < y.size(); ++e)
        cost.groups.insert(cost.groups.end(), {{0, e}, {1, e}});
    context.cost.push_back(std::move(cost));
    return {y, std::nullopt};
}

Activation function_activation(LayerContext& context, const Tensor& x) {
    return tabulated(context, x, static_cast<Function>(context.reader.choice("function", function_names())));
}

struct Type {
    std::string name;
    Activation (*build)(LayerContext& context, const Tensor& x);
};

const std::vector<Type>& types() {
    static const std::vector<Type> table{
        {"linear", linear},       {"relu", relu_activation},      {"leaky_relu", leaky_relu},
        {"hard_tanh", hard_tanh}, {"hard_sigmoid", hard_sigmoid}, {"function", function_activation},
    };
    return table;
}

/// A layer that is nothing but an activation.
template <Activation (*build)(LayerContext&, const Tensor&)>
Tensor alone(LayerContext& context, const std::vector<Tensor>& in) {
    context.refuse_pending(in[0]);
    context.refuse_raw_data(in[0]);
    return build(context, in[0]).y;
}

} // namespace

Activation activation(LayerContext& context, const Tensor& x) {
    if (!context.reader.has("activation")) return linear(context, x);
    std::vector<std::string> names;
    for (const Type& type : types())
        names.push_back(type.name);
    names.insert(names.end(), function_names().begin(), function_names().end());
    JsonReader reader = context.reader.at("activation");
    const bool alone = reader.json().is_string();
    const std::size_t chosen = alone ? context.reader.choice("activation", names) : reader.choice("type", names);
    const Json no_keys = Json::object();
    if (alone) reader = JsonReader(no_keys, reader.where());
    LayerContext inside = context.with(reader);
    const Activation result = chosen < types().size()
                                  ? types()[chosen].build(inside, x)
                                  : tabulated(inside, x, static_cast<Function>(chosen - types().size()));
    reader.finish();
    return result;
}

Tensor relu_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return alone<relu_activation>(context, in);
}

Tensor leaky_relu_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return alone<leaky_relu>(context, in);
}

Tensor function_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return alone<function_activation>(context, in);
}

Tensor hard_tanh_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return alone<hard_tanh>(context, in);
}

Tensor hard_sigmoid_layer(LayerContext& context, const std::vector<Tensor>& in) {
    return alone<hard_sigmoid>(context, in);
}

} // namespace bitgrain::nn
