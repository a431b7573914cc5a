#include "nn/cost.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

std::vector<float> bits_of(const Graph& graph, const Parameters& parameters, std::size_t number) {
    const Quantizer& quantizer = *graph.quantizers()[number];
    std::vector<float> bits(quantizer.size());
    quantizer.element_bits(parameters, bits);
    return bits;
}

double sum(const std::vector<float>& values) {
    double total = 0.0;
    for (const float value : values)
        total += static_cast<double>(value);
    return total;
}

/// Sums of B_w over the outputs, per input.
std::vector<float> row_sums(const std::vector<float>& kernel, std::size_t outputs) {
    std::vector<float> sums(kernel.size() / outputs);
    for (std::size_t j = 0; j < sums.size(); ++j) {
        float total = 0.0F;
        for (std::size_t o = 0; o < outputs; ++o)
            total += kernel[j * outputs + o];
        sums[j] = total;
    }
    return sums;
}

/// Operand with the least bits (the first among equals), per element.
std::vector<std::size_t> narrowest(const std::vector<std::vector<float>>& bits) {
    std::vector<std::size_t> result(bits[0].size(), 0);
    for (std::size_t e = 0; e < result.size(); ++e) {
        for (std::size_t k = 1; k < bits.size(); ++k) {
            if (bits[k][e] < bits[result[e]][e]) result[e] = k;
        }
    }
    return result;
}

constexpr double add_factor = 0.65; // HGQ2's weight of an explicit addition

} // namespace

double CostTerm::evaluate(const Graph& graph, const Parameters& parameters) const {
    std::vector<std::vector<float>> bits;
    for (const std::size_t number : quantizers)
        bits.push_back(bits_of(graph, parameters, number));
    double total = 0.0;
    if (kind == Kind::dense) {
        const std::vector<float> per_input = row_sums(bits[1], outputs);
        for (std::size_t j = 0; j < per_input.size(); ++j)
            total += static_cast<double>(bits[0][j]) * static_cast<double>(per_input[j]);
        if (bits.size() > 2)
            total += sum(bits[2]) * (static_cast<double>(outputs) / static_cast<double>(bits[2].size()));
        return total;
    }
    const std::vector<std::size_t> least = narrowest(bits);
    for (std::size_t e = 0; e < least.size(); ++e) {
        for (std::size_t k = 0; k < bits.size(); ++k)
            total += k == least[e] ? 0.0 : static_cast<double>(bits[k][e]);
    }
    return add_factor * total;
}

template <class T>
void CostTerm::add_gradient(Run<T>& run, double beta) const {
    std::vector<std::vector<float>> bits;
    for (const std::size_t number : quantizers)
        bits.push_back(bits_of(*run.graph, *run.parameters, number));
    // d EBOPs / d width of every element of every operand.
    const auto give = [&](std::size_t operand, auto&& slope) {
        const Quantizer& quantizer = *run.graph->quantizers()[quantizers[operand]];
        if (!quantizer.settings().trainable) return;
        T* gradient = run.gradient(width_vars[operand]);
        const T factor = static_cast<T>(beta);
        for (std::size_t e = 0; e < quantizer.size(); ++e) {
            gradient[quantizer.group(e)] += bits[operand][e] > 0.0F ? factor * static_cast<T>(slope(e)) : T(0);
        }
    };
    if (kind == Kind::dense) {
        const std::vector<float> per_input = row_sums(bits[1], outputs);
        give(0, [&](std::size_t j) { return per_input[j]; });
        give(1, [&](std::size_t e) { return bits[0][e / outputs]; });
        if (bits.size() > 2) {
            const float share = static_cast<float>(outputs) / static_cast<float>(bits[2].size());
            give(2, [&](std::size_t) { return share; });
        }
        return;
    }
    const std::vector<std::size_t> least = narrowest(bits);
    for (std::size_t k = 0; k < quantizers.size(); ++k) {
        give(k, [&](std::size_t e) { return least[e] == k ? 0.0F : static_cast<float>(add_factor); });
    }
}

template void CostTerm::add_gradient(Run<float>&, double) const;
template void CostTerm::add_gradient(Run<double>&, double) const;

} // namespace bitgrain::nn
