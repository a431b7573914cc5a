#include "nn/cost.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

std::vector<std::vector<float>> operand_bits(const Graph& graph, const Parameters& parameters,
                                             const std::vector<std::size_t>& quantizers) {
    std::vector<std::vector<float>> bits;
    for (const std::size_t number : quantizers) {
        const Quantizer& quantizer = *graph.quantizers()[number];
        bits.emplace_back(quantizer.size());
        quantizer.element_bits(parameters, bits.back());
    }
    return bits;
}

double sum(const std::vector<float>& values) {
    double total = 0.0;
    for (const float value : values)
        total += static_cast<double>(value);
    return total;
}

/// Sums of B_w over the outputs, per input; small integers, exact in any order.
std::vector<float> row_sums(const std::vector<float>& kernel, std::size_t outputs) {
    std::vector<float> sums(kernel.size() / outputs);
    for (std::size_t j = 0; j < sums.size(); ++j) {
        const float* __restrict row = kernel.data() + j * outputs;
        std::int32_t total = 0;
        for (std::size_t o = 0; o < outputs; ++o)
            total += static_cast<std::int32_t>(row[o]);
        sums[j] = static_cast<float>(total);
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
    return total(operand_bits(graph, parameters, quantizers));
}

double CostTerm::total(const std::vector<std::vector<float>>& bits) const {
    double result = 0.0;
    if (kind == Kind::dense) {
        const std::vector<float> per_input = row_sums(bits[1], outputs);
        for (std::size_t j = 0; j < per_input.size(); ++j)
            result += static_cast<double>(bits[0][j]) * static_cast<double>(per_input[j]);
        if (bits.size() > 2)
            result += sum(bits[2]) * (static_cast<double>(outputs) / static_cast<double>(bits[2].size()));
        return result;
    }
    const std::vector<std::size_t> least = narrowest(bits);
    for (std::size_t e = 0; e < least.size(); ++e) {
        for (std::size_t k = 0; k < bits.size(); ++k)
            result += k == least[e] ? 0.0 : static_cast<double>(bits[k][e]);
    }
    return add_factor * result;
}

template <class T>
double CostTerm::add_gradient(Run<T>& run, double beta) const {
    const std::vector<std::vector<float>> bits = operand_bits(*run.graph, *run.parameters, quantizers);
    const auto quantizer = [&](std::size_t operand) -> const Quantizer& {
        return *run.graph->quantizers()[quantizers[operand]];
    };
    const T factor = static_cast<T>(beta * beta_factor);
    // slope(e): d EBOPs / d width of an element.
    const auto give = [&](std::size_t operand, auto&& slope) {
        if (!quantizer(operand).settings().trainable) return;
        T* gradient = run.gradient(width_vars[operand]);
        for (std::size_t e = 0; e < bits[operand].size(); ++e)
            gradient[quantizer(operand).group(e)] += bits[operand][e] > 0.0F ? factor * static_cast<T>(slope(e)) : T(0);
    };
    if (kind == Kind::dense) {
        const std::vector<float> per_input = row_sums(bits[1], outputs);
        give(0, [&](std::size_t j) { return per_input[j]; });
        const Quantizer& kernel = quantizer(1);
        if (kernel.groups() == kernel.size() && kernel.settings().trainable) { // the hot loop: every weight
            T* __restrict gradient = run.gradient(width_vars[1]);
            for (std::size_t j = 0; j < per_input.size(); ++j) {
                const float* row = bits[1].data() + j * outputs;
                const T slope = factor * static_cast<T>(bits[0][j]);
                for (std::size_t o = 0; o < outputs; ++o)
                    gradient[j * outputs + o] += row[o] > 0.0F ? slope : T(0);
            }
        } else {
            give(1, [&](std::size_t e) { return bits[0][e / outputs]; });
        }
        if (bits.size() > 2) {
            const float share = static_cast<float>(outputs) / static_cast<float>(bits[2].size());
            give(2, [&](std::size_t) { return share; });
        }
    } else {
        const std::vector<std::size_t> least = narrowest(bits);
        for (std::size_t k = 0; k < quantizers.size(); ++k) {
            give(k, [&](std::size_t e) { return least[e] == k ? 0.0F : static_cast<float>(add_factor); });
        }
    }
    return total(bits);
}

template double CostTerm::add_gradient(Run<float>&, double) const;
template double CostTerm::add_gradient(Run<double>&, double) const;

} // namespace bitgrain::nn
