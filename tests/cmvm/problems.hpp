// Problems for the tests, made from a seed, and the reference they are compared with.
#pragma once

#include "base/random.hpp"
#include "cmvm/solve.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bitgrain::cmvm::test {

/// Real values code * 2^-fraction.
struct Exact {
    __int128 code = 0;
    int fraction = 0;
};
bool equal(const Exact& a, const Exact& b);

/// y_j by the definition, one multiplication per weight.
std::vector<Exact> product(const Problem& problem, const std::vector<std::int64_t>& inputs);

/// Proves the graph and evaluates it on all-lowest, all-highest, extreme-per-output and random inputs; the message of
/// the first difference, empty when all agree.
std::string check(const Problem& problem, const AdderGraph& graph, Random& random, int vectors = 10);

/// Uniform signed weights and inputs of these widths.
Problem dense(Random& random, std::size_t rows, std::size_t columns, int weight_bits, int input_bits);
/// Many zeros, every weight and input with a width and a grid of its own.
Problem heterogeneous(Random& random, std::size_t rows, std::size_t columns, double zeros);

} // namespace bitgrain::cmvm::test
