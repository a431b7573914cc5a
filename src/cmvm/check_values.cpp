#include "cmvm/check_values.hpp"

#include "base/random.hpp"

#include <algorithm>
#include <span>

namespace bitgrain::cmvm {

namespace {

/// code * 2^-fraction, wider than any node so that the reference cannot overflow where the graph does not.
struct Exact {
    __int128 code = 0;
    int fraction = 0;
};

__int128 on_grid(const Exact& value, int fraction) {
    __int128 code = value.code;
    for (int f = value.fraction; f < fraction; ++f)
        code *= 2;
    return code;
}

bool equal(const Exact& a, const Exact& b) {
    if (a.code == 0 || b.code == 0) return a.code == b.code;
    const int finest = std::max(a.fraction, b.fraction);
    return on_grid(a, finest) == on_grid(b, finest);
}

Exact add(const Exact& a, const Exact& b) {
    if (a.code == 0) return b;
    if (b.code == 0) return a;
    const int finest = std::max(a.fraction, b.fraction);
    return {on_grid(a, finest) + on_grid(b, finest), finest};
}

Exact product(const Problem& p, std::size_t column, std::span<const std::int64_t> inputs) {
    Exact sum;
    if (!p.offset.empty()) sum = {p.offset[column], p.offset_fraction};
    for (std::size_t i = 0; i < p.rows; ++i) {
        const __int128 weight = p.matrix[i * p.columns + column];
        sum = add(sum, {weight * inputs[i], p.fraction + p.inputs[i].fraction});
    }
    return sum;
}

std::optional<std::string> compare(const AdderGraph& graph, const Problem& p, std::span<const std::int64_t> inputs) {
    std::vector<int> fractions;
    const std::vector<std::int64_t> codes = evaluate(graph, inputs, &fractions);
    for (std::size_t j = 0; j < p.columns; ++j) {
        if (!equal({codes[j], fractions[j]}, product(p, j, inputs))) {
            return "output " + std::to_string(j) + " of the adder graph has another value than the product";
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<std::string> find_difference(const AdderGraph& graph, const Problem& problem, std::uint64_t seed,
                                           int vectors) {
    Random random(seed);
    std::vector<std::int64_t> inputs(problem.rows);
    std::optional<std::string> difference;
    const auto try_inputs = [&](auto&& choose) {
        if (difference) return;
        for (std::size_t i = 0; i < problem.rows; ++i)
            inputs[i] = choose(i, problem.inputs[i]);
        difference = compare(graph, problem, inputs);
    };
    try_inputs([](std::size_t, const fx::Interval& in) { return in.lo; });
    try_inputs([](std::size_t, const fx::Interval& in) { return in.hi; });
    for (std::size_t j = 0; j < problem.columns; ++j) {
        const auto grows = [&](std::size_t i) { return problem.matrix[i * problem.columns + j] > 0; };
        try_inputs([&](std::size_t i, const fx::Interval& in) { return grows(i) ? in.hi : in.lo; });
        try_inputs([&](std::size_t i, const fx::Interval& in) { return grows(i) ? in.lo : in.hi; });
    }
    for (int v = 0; v < vectors; ++v)
        try_inputs([&](std::size_t, const fx::Interval& in) { return random.integer(in.lo, in.hi); });
    return difference;
}

} // namespace bitgrain::cmvm
