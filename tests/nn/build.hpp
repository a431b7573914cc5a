// Small networks for the tests, from the same JSON a user writes.
#pragma once

#include "nn/network.hpp"

#include <string>

namespace bitgrain::nn {

struct TestNetwork {
    Json layers;
    std::unique_ptr<Network> network;
};

inline TestNetwork make_network(const std::string& layers, const InputFacts& facts, std::size_t outputs,
                                std::uint64_t seed, const QuantizerDefaults& defaults = {}) {
    TestNetwork result;
    result.layers = parse_json(layers, "test");
    result.network = build_network(JsonReader(result.layers, "test"), defaults, facts, outputs, seed);
    return result;
}

template <class T>
Rows<T> random_rows(std::size_t count, std::size_t features, std::size_t classes, Random& random, double spread = 1.0) {
    Rows<T> rows;
    rows.count = count;
    rows.features = features;
    for (std::size_t i = 0; i < count * features; ++i)
        rows.values.push_back(static_cast<T>(spread * random.normal()));
    for (std::size_t i = 0; i < count; ++i)
        rows.labels.push_back(static_cast<std::int32_t>(random.integer(0, static_cast<std::int64_t>(classes) - 1)));
    return rows;
}

inline std::vector<std::uint32_t> all_rows(std::size_t count) {
    std::vector<std::uint32_t> rows(count);
    for (std::size_t i = 0; i < count; ++i)
        rows[i] = static_cast<std::uint32_t>(i);
    return rows;
}

} // namespace bitgrain::nn
