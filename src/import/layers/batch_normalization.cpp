// QBatchNormalization: one factor and one shift per channel, both quantised.
#include "import/layers/table.hpp"

#include <cmath>

namespace bitgrain::import {

Tensor batch_normalization(Context& context) {
    context.ignore({"momentum", "beta_initializer", "gamma_initializer", "moving_mean_initializer",
                    "moving_variance_initializer", "beta_regularizer", "gamma_regularizer", "beta_constraint",
                    "gamma_constraint", "synchronized", "renorm_clipping", "renorm_momentum"});
    context.require("renorm", false);
    JsonReader& config = context.config();
    const double epsilon = config.get<double>("epsilon");
    const bool center = config.get<bool>("center"), scale = config.get<bool>("scale");
    const std::vector<std::size_t> shape = context.input().shape;
    const auto axis = config.get<std::int64_t>("axis");
    if (axis != -1 && axis != static_cast<std::int64_t>(shape.size())) {
        context.fail("normalises axis " + std::to_string(axis), "only the last axis is supported");
    }
    std::vector<std::string> names;
    if (scale) names.emplace_back("bn_gamma");
    if (center) names.emplace_back("bn_beta");
    names.insert(names.end(), {"moving_mean", "moving_variance"});
    for (const std::string& name : context.counters())
        names.push_back(name);
    auto stored = context.take(names);
    const std::vector<std::size_t> channels{shape.back()};
    for (const auto& [name, array] : stored) {
        if (name != "beta" && name != "ebops") require_shape(array, channels, name, context.where());
    }
    std::vector<double> factor, shift;
    for (std::size_t c = 0; c < shape.back(); ++c) {
        factor.push_back((scale ? stored.at("bn_gamma").values[c] : 1.0) /
                         std::sqrt(stored.at("moving_variance").values[c] + epsilon));
        // Without centring HGQ2 shifts by 1, not by 0; its function is what counts (method, section 9).
        shift.push_back((center ? stored.at("bn_beta").values[c] : 1.0) -
                        stored.at("moving_mean").values[c] * factor.back());
    }
    std::vector<double> bits;
    const Tensor x = context.quantized_input(bits);
    const Quantizer kernel = context.quantizer("kq_conf", "kq", channels);
    const Quantizer bias = context.quantizer("bq_conf", "bq", channels);
    const std::vector<double> weights = kernel.apply(factor);
    context.count_weights(weights);
    double ebops = bias.mean_bits() * static_cast<double>(x.size());
    for (std::size_t e = 0; e < x.size(); ++e)
        ebops += bits[e] * kernel.bits[e % channels[0]];
    context.count(ebops);
    const Array factors = broadcast({channels, weights}, shape, context.where());
    const Array shifts = broadcast({channels, bias.apply(shift)}, shape, context.where());
    return context.finish(context.builder().scale(context.name(), x, factors.values, shifts.values));
}

} // namespace bitgrain::import
