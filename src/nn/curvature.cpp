#include "nn/curvature.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

constexpr std::size_t most_joint = std::size_t{1} << 22; ///< numbers per layer: above, the bias alone is a partner

std::vector<Column> columns_of(const Network& network, const Engine<float>& engine) {
    std::vector<Column> columns;
    const auto& slices = network.parameters.slices();
    for (const LayerRecord& layer : network.layers) {
        if (!layer.kernel) continue;
        const KernelParts& parts = *layer.kernel;
        const auto weights = engine.shared_value(parts.weights);
        const std::size_t outputs = network.cost[parts.cost].outputs;
        const auto live = weights.size() - static_cast<std::size_t>(std::count(weights.begin(), weights.end(), 0.0F));
        const bool too_many = live * (weights.size() / outputs) > most_joint;
        for (std::size_t output = 0; output < outputs; ++output) {
            Column& column = columns.emplace_back();
            column.layer = &parts;
            for (std::size_t e = output; e < weights.size(); e += outputs) {
                if (weights[e] != 0.0F && !too_many) column.partners.push_back(column.parameters.size());
                column.parameters.push_back(slices[parts.kernel_slice].offset + e);
            }
            if (parts.bias) {
                column.partners.push_back(column.parameters.size());
                column.parameters.push_back(slices[parts.bias_slice].offset + output);
            }
            column.joint.assign(column.parameters.size() * column.partners.size(), 0.0);
        }
    }
    return columns;
}

} // namespace

Curvature curvature(Network& network, Engine<float>& engine, const Rows<float>& rows,
                    std::span<const std::uint32_t> order, const Loss& loss) {
    Curvature result;
    result.columns = columns_of(network, engine);
    std::vector<float>& parameters = network.parameters.values();
    const std::vector<float> before = parameters;
    result.gradient.assign(before.size(), 0.0);
    result.diagonal.assign(before.size(), 0.0);
    const std::size_t batch = std::clamp<std::size_t>(order.size() / 64, 32, 256);
    const std::size_t batches = std::max<std::size_t>(order.size() / batch, 1);
    for (std::size_t b = 0; b < batches; ++b) {
        const std::size_t first = b * order.size() / batches, last = (b + 1) * order.size() / batches;
        engine.step(rows, order.subspan(first, last - first), Mode::train, loss, 0.0);
        const std::vector<float>& gradient = engine.gradient();
        for (std::size_t i = 0; i < before.size(); ++i) {
            const auto g = static_cast<double>(gradient[i]);
            result.gradient[i] += g;
            result.diagonal[i] += g * g;
        }
        for (Column& column : result.columns) {
            double* joint = column.joint.data();
            for (const std::size_t i : column.parameters) {
                const auto g = static_cast<double>(gradient[i]);
                for (const std::size_t partner : column.partners)
                    *joint++ += g * static_cast<double>(gradient[column.parameters[partner]]);
            }
        }
        parameters = before; // a step tracks ranges and statistics
    }
    // The spread over batches tells that over rows: the mean product of two gradients of single rows.
    const auto n = static_cast<double>(batches);
    const double rows_per_batch = static_cast<double>(order.size()) / n;
    for (double& g : result.gradient)
        g /= n;
    const auto spread = [&](double sum, std::size_t i, std::size_t k) {
        return (sum / n - result.gradient[i] * result.gradient[k]) * rows_per_batch;
    };
    for (std::size_t i = 0; i < before.size(); ++i)
        result.diagonal[i] = std::max(spread(result.diagonal[i], i, i), 0.0);
    for (Column& column : result.columns) {
        double* joint = column.joint.data();
        for (const std::size_t i : column.parameters) {
            for (const std::size_t partner : column.partners) {
                *joint = spread(*joint, i, column.parameters[partner]);
                ++joint;
            }
        }
    }
    return result;
}

} // namespace bitgrain::nn
