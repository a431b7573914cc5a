// The products of a tile against plain loops, on small integers, where every order of summation gives the same.
#include "base/random.hpp"
#include "nn/aligned.hpp"
#include "nn/graph/live_weights.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

template <class T>
AlignedVector<T> integers(Random& random, std::size_t size) {
    AlignedVector<T> values(size);
    for (T& value : values)
        value = static_cast<T>(random.integer(-9, 9));
    return values;
}

template <class T>
void check_shape(std::size_t rows, std::size_t depth, std::size_t columns, Random& random) {
    CAPTURE(rows, depth, columns);
    const auto x = integers<T>(random, depth * columns), w = integers<T>(random, rows * depth),
               bias = integers<T>(random, rows), before = integers<T>(random, rows * columns);
    for (const Start start : {Start::zero, Start::bias, Start::y}) {
        auto y = before;
        multiply(Product<T>{rows, depth, columns, x.data(), columns, w.data(), rows, 1, y.data(), columns}, start,
                 bias.data());
        for (std::size_t m = 0; m < rows; ++m) {
            for (std::size_t c = 0; c < columns; ++c) {
                const std::size_t at = m * columns + c;
                T expected = start == Start::zero ? T(0) : start == Start::bias ? bias[m] : before[at];
                for (std::size_t k = 0; k < depth; ++k)
                    expected += x[k * columns + c] * w[k * rows + m];
                REQUIRE(y[at] == expected);
            }
        }
    }
}

} // namespace

TEST_CASE("products of every shape equal plain loops", "[nn][product]") {
    const std::uint64_t seed = 5;
    CAPTURE(seed);
    Random random(seed);
    for (const std::size_t rows : {1, 2, 5, 7, 8, 9, 31}) {
        for (const std::size_t depth : {0, 1, 3, 16}) {
            for (const std::size_t columns : {16, 32, 48, 64}) {
                check_shape<float>(rows, depth, columns, random);
                check_shape<double>(rows, depth, columns, random);
            }
        }
    }
}

TEST_CASE("products that skip dead weights give the same bits as those that do not", "[nn][product]") {
    const std::uint64_t seed = 7;
    CAPTURE(seed);
    Random random(seed);
    const std::size_t in = 19, out = 13, columns = GENERATE(32, 64, 80);
    for (const double density : {0.0, 0.1, 0.4, 0.9}) {
        CAPTURE(density, columns);
        const auto numbers = [&](std::size_t size, double share) {
            AlignedVector<float> values(size);
            for (float& value : values)
                value = random.uniform(0.0, 1.0) < share ? static_cast<float>(random.normal()) : 0.0F;
            return values;
        };
        const auto x = numbers(in * columns, 1.0), dy = numbers(out * columns, 1.0), bias = numbers(out, 1.0),
                   w = numbers(in * out, density), before = numbers(in * columns, 1.0);
        LiveWeights<float> live;
        live.find(in, out, w.data());
        REQUIRE(live.few == (density < 0.5));
        if (!live.few) continue;
        AlignedVector<float> all(out * columns), skipped(out * columns);
        multiply(Product<float>{out, in, columns, x.data(), columns, w.data(), out, 1, all.data(), columns},
                 Start::bias, bias.data());
        live.of_output.multiply(columns, x.data(), skipped.data(), Start::bias, bias.data());
        REQUIRE(all == skipped);
        auto dx_all = before, dx_skipped = before;
        multiply(Product<float>{in, out, columns, dy.data(), columns, w.data(), 1, out, dx_all.data(), columns},
                 Start::y);
        live.of_input.multiply(columns, dy.data(), dx_skipped.data(), Start::y);
        REQUIRE(dx_all == dx_skipped);
    }
}

TEST_CASE("rows of a product may overlap where a column of x is zero", "[nn][product]") {
    const std::uint64_t seed = 6;
    CAPTURE(seed);
    Random random(seed);
    const std::size_t rows = 13, depth = 8, columns = 16, used = 5;
    auto x = integers<float>(random, depth * columns);
    for (std::size_t k = 0; k < depth; ++k)
        std::fill_n(x.data() + k * columns + used, columns - used, 0.0F);
    const auto w = integers<float>(random, rows * depth);
    const auto before = integers<float>(random, rows * used + columns);
    auto y = before;
    multiply(Product<float>{rows, depth, columns, x.data(), columns, w.data(), 1, depth, y.data(), used}, Start::y);
    for (std::size_t i = 0; i < y.size(); ++i) {
        float expected = before[i];
        for (std::size_t k = 0; k < depth && i < rows * used; ++k)
            expected += x[k * columns + i % used] * w[i / used * depth + k];
        REQUIRE(y[i] == expected);
    }
}

TEST_CASE("a transposed tile holds every element once, columns as rows", "[nn][product]") {
    const std::size_t rows = 32, columns = 48, from_stride = 50, to_stride = 33;
    std::vector<float> from(rows * from_stride), to(columns * to_stride, -1.0F);
    for (std::size_t i = 0; i < from.size(); ++i)
        from[i] = static_cast<float>(i);
    transpose(rows, columns, from.data(), from_stride, to.data(), to_stride);
    for (std::size_t c = 0; c < columns; ++c) {
        for (std::size_t r = 0; r < rows; ++r)
            REQUIRE(to[c * to_stride + r] == from[r * from_stride + c]);
    }
}
