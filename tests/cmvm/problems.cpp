#include "problems.hpp"

#include "base/error.hpp"

#include <algorithm>

namespace bitgrain::cmvm::test {

namespace {

__int128 times_power_of_two(__int128 value, int power) {
    for (int i = 0; i < power; ++i)
        value *= 2;
    return value;
}

Exact add(const Exact& a, const Exact& b) {
    const int finest = std::max(a.fraction, b.fraction);
    return {times_power_of_two(a.code, finest - a.fraction) + times_power_of_two(b.code, finest - b.fraction), finest};
}

std::string compare(const Problem& problem, const AdderGraph& graph, const std::vector<std::int64_t>& inputs) {
    std::vector<int> fractions;
    const std::vector<std::int64_t> codes = evaluate(graph, inputs, &fractions);
    const std::vector<Exact> expected = product(problem, inputs);
    for (std::size_t j = 0; j < problem.columns; ++j) {
        if (!equal({codes[j], fractions[j]}, expected[j])) return "output " + std::to_string(j) + " is wrong";
    }
    return {};
}

} // namespace

bool equal(const Exact& a, const Exact& b) {
    if (a.code == 0 || b.code == 0) return a.code == b.code;
    const int finest = std::max(a.fraction, b.fraction);
    return times_power_of_two(a.code, finest - a.fraction) == times_power_of_two(b.code, finest - b.fraction);
}

std::vector<Exact> product(const Problem& problem, const std::vector<std::int64_t>& inputs) {
    std::vector<Exact> y(problem.columns);
    for (std::size_t j = 0; j < problem.columns; ++j) {
        if (!problem.offset.empty() && problem.offset[j] != 0) y[j] = {problem.offset[j], problem.offset_fraction};
        for (std::size_t i = 0; i < problem.rows; ++i) {
            const __int128 term = static_cast<__int128>(problem.matrix[i * problem.columns + j]) * inputs[i];
            if (term != 0) y[j] = add(y[j], {term, problem.fraction + problem.inputs[i].fraction});
        }
    }
    return y;
}

std::string check(const Problem& problem, const AdderGraph& graph, Random& random, int vectors) {
    try {
        prove(graph, problem);
        std::vector<std::int64_t> x(problem.rows);
        const auto fill = [&](auto&& choose) {
            for (std::size_t i = 0; i < problem.rows; ++i)
                x[i] = choose(i, problem.inputs[i]);
            return compare(problem, graph, x);
        };
        std::string wrong = fill([](std::size_t, const fx::Interval& in) { return in.lo; });
        if (wrong.empty()) wrong = fill([](std::size_t, const fx::Interval& in) { return in.hi; });
        for (std::size_t j = 0; j < problem.columns && wrong.empty(); ++j) { // the extremes of each output
            const auto positive = [&](std::size_t i) { return problem.matrix[i * problem.columns + j] > 0; };
            wrong = fill([&](std::size_t i, const fx::Interval& in) { return positive(i) ? in.hi : in.lo; });
            if (wrong.empty()) {
                wrong = fill([&](std::size_t i, const fx::Interval& in) { return positive(i) ? in.lo : in.hi; });
            }
        }
        for (int v = 0; v < vectors && wrong.empty(); ++v) {
            wrong = fill([&](std::size_t, const fx::Interval& in) { return random.integer(in.lo, in.hi); });
        }
        return wrong;
    } catch (const InternalError& error) {
        return error.what();
    }
}

Problem dense(Random& random, std::size_t rows, std::size_t columns, int weight_bits, int input_bits) {
    Problem problem;
    problem.rows = rows;
    problem.columns = columns;
    const std::int64_t weight = std::int64_t{1} << (weight_bits - 1), input = std::int64_t{1} << (input_bits - 1);
    for (std::size_t k = 0; k < rows * columns; ++k)
        problem.matrix.push_back(random.integer(-weight, weight - 1));
    problem.inputs.assign(rows, {-input, input - 1, 0});
    return problem;
}

Problem heterogeneous(Random& random, std::size_t rows, std::size_t columns, double zeros) {
    Problem problem;
    problem.rows = rows;
    problem.columns = columns;
    problem.fraction = 8;
    for (std::size_t k = 0; k < rows * columns; ++k) {
        const std::int64_t most = (std::int64_t{1} << random.integer(1, 6)) - 1;
        const std::int64_t scale = std::int64_t{1} << random.integer(0, 2);
        problem.matrix.push_back(random.chance(zeros) ? 0 : random.integer(-most, most) * scale);
    }
    for (std::size_t i = 0; i < rows; ++i) {
        const std::int64_t levels = std::int64_t{1} << random.integer(1, 8);
        const bool sign = random.chance(0.3);
        const int fraction = static_cast<int>(random.integer(-1, 8));
        problem.inputs.push_back(sign ? fx::Interval{-levels / 2, levels / 2 - 1, fraction}
                                      : fx::Interval{0, levels - 1, fraction});
        if (problem.inputs.back().is_constant()) problem.inputs.back().hi += 1;
    }
    return problem;
}

} // namespace bitgrain::cmvm::test
