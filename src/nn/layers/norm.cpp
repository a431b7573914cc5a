// Batch normalisation that no kernel stands before: y = iq(x) kq(s) + bq(beta - mean s) with s = gamma / deviation, per
// place on the last axis (method, sections 6.2 and 9). Widths are learned for the scale and shift that the hardware
// has.
#include "nn/layers/layer.hpp"

namespace bitgrain::nn {

Tensor batch_norm_layer(LayerContext& context, const std::vector<Tensor>& in) {
    context.refuse_pending(in[0]);
    Graph& graph = context.graph;
    const std::string& name = context.name;
    const Tensor x = context.quantized_input(in[0], "input");
    context.whole = x.shape.size() > 1; // channels that some positions need and others not
    const std::size_t channels = context.whole ? x.shape.back() : x.size(), positions = x.size() / channels;
    const double momentum = context.reader.get("momentum", 0.99), epsilon = context.reader.get("epsilon", 1e-3);
    if (!(momentum >= 0.0 && momentum < 1.0)) context.reader.at("momentum").fail("must be at least 0 and less than 1");
    if (!(epsilon > 0.0)) context.reader.at("epsilon").fail("must be more than 0");

    std::vector<float> start(2 * channels, 0.0F); // means, then variances
    std::fill(start.begin() + static_cast<std::ptrdiff_t>(channels), start.end(), 1.0F);
    std::vector<std::uint32_t> both = x.live;
    for (const std::uint32_t channel : x.live)
        both.push_back(static_cast<std::uint32_t>(x.shape.back()) + channel);
    const Var gamma =
        parameter(graph, name, context.add_parameter(".gamma", x.live, std::vector<float>(channels, 1.0F)), channels);
    const Var beta =
        parameter(graph, name, context.add_parameter(".bias", x.live, std::vector<float>(channels, 0.0F)), channels);
    const Var statistics =
        batch_statistics(graph, name, x.var, channels, context.add_parameter(".moving", both, start), momentum);
    const Var scale = norm_scale(graph, name, gamma, statistics, epsilon);
    const Var shift = norm_shift(graph, name, beta, statistics, scale);

    const auto quantizer = [&](const std::string& suffix, const QuantizerSettings& base) {
        const auto chosen = context.settings(suffix + "_quantizer", base);
        if (!chosen) context.reader.at(suffix + "_quantizer").fail("the hardware's constants need a quantizer");
        return context.add_quantizer(suffix, {x.shape.back()}, *chosen, x.live);
    };
    const QuantizerVars scale_vars = quantizer("scale", context.defaults.kernel);
    const QuantizerVars shift_vars = quantizer("bias", context.defaults.bias);
    CostTerm products; // B_x B_s; beside them the mean of B_b at every element
    products.kind = CostTerm::Kind::product;
    products.beta_factor = context.beta_factor();
    products.group_size = 2;
    products.quantizers = {x.quantizer->number, scale_vars.number};
    products.width_vars = {x.quantizer->width, scale_vars.width};
    for (std::uint32_t e = 0; e < x.size(); ++e) {
        products.groups.push_back({0, e});
        products.groups.push_back({1, static_cast<std::uint32_t>(e % channels)});
    }
    CostTerm shifts;
    shifts.kind = CostTerm::Kind::all;
    shifts.factor = static_cast<double>(positions);
    shifts.beta_factor = products.beta_factor;
    shifts.quantizers = {shift_vars.number};
    shifts.width_vars = {shift_vars.width};
    for (std::uint32_t c = 0; c < channels; ++c)
        shifts.groups.push_back({0, c});
    context.cost.push_back(std::move(products));
    context.cost.push_back(std::move(shifts));

    Tensor y = x;
    y.quantizer.reset();
    y.var = scale_channels(graph, name, x.var, quantize(graph, name, scale, scale_vars),
                           quantize(graph, name, shift, shift_vars));
    return y;
}

} // namespace bitgrain::nn
