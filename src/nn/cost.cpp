#include "nn/cost.hpp"

#include <cmath>
#include <numbers>
#include <span>

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

} // namespace

std::vector<float> CostTerm::price_of_row(const std::vector<float>& x_bits) const {
    if (windows.positions() == 1 && windows.rows() == x_bits.size()) return x_bits; // each element once, in order
    std::vector<float> price(windows.rows(), 0.0F);
    windows.each_use([&](std::size_t row, std::size_t element) { price[row] += x_bits[element]; });
    return price;
}

std::vector<float> CostTerm::price_of_input(const std::vector<float>& kernel_bits, std::size_t inputs) const {
    std::vector<float> sums = row_sums(kernel_bits, outputs);
    if (windows.positions() == 1 && windows.rows() == inputs) return sums;
    std::vector<float> price(inputs, 0.0F);
    windows.each_use([&](std::size_t row, std::size_t element) { price[element] += sums[row]; });
    return price;
}

double CostTerm::evaluate(const Graph& graph, const Parameters& parameters) const {
    return total(operand_bits(graph, parameters, quantizers));
}

/// Calls visit(members, number of the least, of the greatest).
template <class Visit>
void CostTerm::each_group(const std::vector<std::vector<float>>& bits, const Visit& visit) const {
    for (std::size_t first = 0; first < groups.size(); first += group_size) {
        const std::span<const Member> members(groups.data() + first, group_size);
        std::size_t least = 0, greatest = 0;
        for (std::size_t k = 1; k < group_size; ++k) {
            const auto of = [&](std::size_t n) { return bits[members[n].operand][members[n].element]; };
            if (of(k) < of(least)) least = k;
            if (of(k) > of(greatest)) greatest = k;
        }
        visit(members, least, greatest);
    }
}

double CostTerm::total(const std::vector<std::vector<float>>& bits) const {
    double result = 0.0;
    if (kind == Kind::kernel) {
        const std::vector<float> per_input = price_of_input(bits[1], bits[0].size());
        for (std::size_t j = 0; j < per_input.size(); ++j)
            result += static_cast<double>(bits[0][j]) * static_cast<double>(per_input[j]);
        if (bits.size() > 2) result += sum(bits[2]) * bias_share(bits[2].size());
        return result;
    }
    each_group(bits, [&](std::span<const Member> members, std::size_t least, std::size_t greatest) {
        double group = kind == Kind::product || kind == Kind::table ? 1.0 : 0.0;
        for (std::size_t k = 0; k < members.size(); ++k) {
            const double own = static_cast<double>(bits[members[k].operand][members[k].element]);
            switch (kind) {
            case Kind::kernel:
            case Kind::all:
                group += own;
                break;
            case Kind::all_but_least:
                group += k == least ? 0.0 : own;
                break;
            case Kind::greatest:
                group += k == greatest ? own : 0.0;
                break;
            case Kind::product:
                group *= own;
                break;
            case Kind::table:
                group *= k == 0 ? std::exp2(own) : own;
                break;
            }
        }
        result += group;
    });
    return factor * result;
}

template <class T>
double CostTerm::add_gradient(Run<T>& run, double beta) const {
    const std::vector<std::vector<float>> bits = operand_bits(*run.graph, *run.parameters, quantizers);
    const auto quantizer = [&](std::size_t operand) -> const Quantizer& {
        return *run.graph->quantizers()[quantizers[operand]];
    };
    const T scale = static_cast<T>(beta * beta_factor);
    // slope(e): d EBOPs / d width of an element.
    const auto give = [&](std::size_t operand, auto&& slope) {
        if (!quantizer(operand).settings().trainable) return;
        T* gradient = run.gradient(width_vars[operand]);
        for (std::size_t e = 0; e < bits[operand].size(); ++e)
            gradient[quantizer(operand).group(e)] += bits[operand][e] > 0.0F ? scale * static_cast<T>(slope(e)) : T(0);
    };
    if (kind == Kind::kernel) {
        const std::vector<float> per_input = price_of_input(bits[1], bits[0].size()), per_row = price_of_row(bits[0]);
        give(0, [&](std::size_t j) { return per_input[j]; });
        const Quantizer& kernel = quantizer(1);
        if (kernel.groups() == kernel.size() && kernel.settings().trainable) { // the hot loop: every weight
            T* __restrict gradient = run.gradient(width_vars[1]);
            for (std::size_t j = 0; j < per_row.size(); ++j) {
                const float* row = bits[1].data() + j * outputs;
                const T slope = scale * static_cast<T>(per_row[j]);
                for (std::size_t o = 0; o < outputs; ++o)
                    gradient[j * outputs + o] += row[o] > 0.0F ? slope : T(0);
            }
        } else {
            give(1, [&](std::size_t e) { return per_row[e / outputs]; });
        }
        if (bits.size() > 2) {
            const auto share = static_cast<float>(bias_share(bits[2].size()));
            give(2, [&](std::size_t) { return share; });
        }
    } else {
        std::vector<std::vector<float>> slopes;
        for (const std::vector<float>& operand : bits)
            slopes.emplace_back(operand.size(), 0.0F);
        each_group(bits, [&](std::span<const Member> members, std::size_t least, std::size_t greatest) {
            for (std::size_t k = 0; k < members.size(); ++k) {
                float slope = 1.0F;
                if (kind == Kind::all_but_least) slope = k == least ? 0.0F : 1.0F;
                if (kind == Kind::greatest) slope = k == greatest ? 1.0F : 0.0F;
                if (kind == Kind::product) {
                    for (std::size_t other = 0; other < members.size(); ++other)
                        slope *= other == k ? 1.0F : bits[members[other].operand][members[other].element];
                }
                if (kind == Kind::table) {
                    const auto of = [&](std::size_t n) { return bits[members[n].operand][members[n].element]; };
                    slope = std::exp2(of(0)) * (k == 0 ? std::numbers::ln2_v<float> * of(1) : 1.0F);
                }
                slopes[members[k].operand][members[k].element] += static_cast<float>(factor) * slope;
            }
        });
        for (std::size_t k = 0; k < quantizers.size(); ++k)
            give(k, [&](std::size_t e) { return slopes[k][e]; });
    }
    return total(bits);
}

template double CostTerm::add_gradient(Run<float>&, double) const;
template double CostTerm::add_gradient(Run<double>&, double) const;

} // namespace bitgrain::nn
