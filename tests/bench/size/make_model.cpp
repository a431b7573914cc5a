// bench_size MODEL.json SEED WIDTH WIDTH...: a random dense network of these widths with six-bit weights and
// activations, to see what size does to building and simulating.
#include "base/random.hpp"
#include "model/model.hpp"

#include <cstdio>
#include <cstdlib>
#include <exception>

namespace {

using namespace bitgrain;

model::Affine dense(std::size_t rows, std::size_t columns, Random& random) {
    model::Affine affine{rows, columns, {}, std::vector<double>(columns, 0.0)};
    for (std::size_t k = 0; k < rows * columns; ++k)
        affine.weights.push_back(static_cast<double>(random.integer(-31, 31)) / 32.0);
    return affine;
}

model::Model random_network(std::uint64_t seed, const std::vector<std::size_t>& widths) {
    Random random(seed);
    model::Model network;
    network.name = "size";
    network.inputs.push_back({"x", {widths[0]}, std::vector<fx::Format>(widths[0], {true, 2, 3})});
    std::size_t value = 0;
    for (std::size_t layer = 1; layer < widths.size(); ++layer) {
        const std::string name = "dense_" + std::to_string(layer);
        const fx::Cast cast{{false, 4, 2}, fx::Round::trn, fx::Overflow::wrap};
        network.steps.push_back({name, {value}, dense(widths[layer - 1], widths[layer], random)});
        network.steps.push_back({name, {value + 1}, model::Relu{}});
        network.steps.push_back({name, {value + 2}, model::Cast{std::vector<fx::Cast>(widths[layer], cast)}});
        value += 3;
    }
    network.outputs.push_back({"y", {widths.back()}, value});
    return network;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 5) {
        std::fprintf(stderr, "usage: bench_size MODEL.json SEED WIDTH WIDTH...\n");
        return 2;
    }
    try {
        std::vector<std::size_t> widths;
        for (int i = 3; i < argc; ++i)
            widths.push_back(std::strtoull(argv[i], nullptr, 10));
        model::write(argv[1], random_network(std::strtoull(argv[2], nullptr, 10), widths));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 2;
    }
    return 0;
}
