// Software's half of the ports: quantised inputs, and counting where casts overflow.
#include "base/error.hpp"
#include "model/inference.hpp"
#include "model/model.hpp"
#include "support/random_model.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <limits>

namespace bitgrain::test {

namespace {

model::Model pass_through(std::vector<fx::Format> formats) {
    model::Model m;
    m.inputs = {{"x", {formats.size()}, std::move(formats)}};
    m.outputs = {{"y", m.inputs[0].shape, 0}};
    return m;
}

} // namespace

TEST_CASE("inputs are rounded to nearest with ties up and saturate", "[model][ports]") {
    const model::Model m = pass_through({{true, 1, 1}, {false, 2, -1}});
    std::size_t saturated = 7;
    const std::vector<double> values{0.25, 1.0, -0.25, 2.9, 1.74, 3.0, -2.0, -0.9, -2.25, 0.0, -2.26, -1.0};
    const auto codes = model::quantize_inputs(m, values, 6, &saturated);
    CHECK(codes == std::vector<std::int64_t>{1, 1, 0, 1, 3, 1, -4, 0, -4, 0, -4, 0});
    CHECK(saturated == 2); // 3.0 rounds to 4, beyond 2; -2.26 rounds to -2.5; -2.25 and -1.0 round up into the range
}

TEST_CASE("infinities saturate and count", "[model][ports]") {
    const model::Model m = pass_through({{true, 1, 1}});
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::size_t saturated = 0;
    CHECK(model::quantize_inputs(m, std::vector<double>{infinity, -infinity, 1e300, 0.0}, 4, &saturated) ==
          std::vector<std::int64_t>{3, -4, 3, 0});
    CHECK(saturated == 3);
}

TEST_CASE("an input may truncate and wrap instead", "[model][ports]") {
    model::Model m = pass_through({{true, 1, 1}});
    m.inputs[0].round = model::Rounding::trn;
    m.inputs[0].overflow = fx::Overflow::wrap;
    std::size_t lost = 0;
    const std::vector<double> values{0.9, -0.1, 2.0, -2.5, 1.99};
    CHECK(model::quantize_inputs(m, values, 5, &lost) == std::vector<std::int64_t>{1, -1, -4, 3, 3});
    CHECK(lost == 2);
    m.inputs[0].round = model::Rounding::rnd_conv;
    CHECK(model::quantize_inputs(m, std::vector<double>{0.25, 0.75, -0.25, 1.75}, 4, &lost) ==
          std::vector<std::int64_t>{0, 2, 0, -4});
    CHECK(lost == 1);
    CHECK_THROWS_WITH(model::quantize_inputs(m, std::vector<double>{0.0, std::numeric_limits<double>::infinity()}, 2),
                      Catch::Contains("row 1, feature 0"));
    CHECK(model::from_json(model::to_json(m), "test") == m);
}

TEST_CASE("an input of no bits ignores its value", "[model][ports]") {
    const model::Model m = pass_through({{false, 0, 0}, {true, -3, 2}});
    std::size_t saturated = 0;
    CHECK(model::quantize_inputs(m, std::vector<double>{5.0, -3.0}, 1, &saturated) == std::vector<std::int64_t>{0, 0});
    CHECK(saturated == 0);
}

TEST_CASE("a NaN is refused with its row and feature", "[model][ports]") {
    const model::Model m = pass_through({{true, 1, 1}, {false, 0, 0}});
    const std::vector<double> values{0.0, 0.0, 1.0, std::nan("")};
    CHECK_THROWS_WITH(model::quantize_inputs(m, values, 2), Catch::Contains("row 1, feature 1"));
}

TEST_CASE("quantised codes are inside the formats and nearest to the values", "[model][ports]") {
    const model::Model m = random_model(3);
    const auto formats = model::input_formats(m);
    Random random(11);
    std::vector<double> values;
    for (std::size_t i = 0; i < 500 * formats.size(); ++i)
        values.push_back(random.normal() * 8.0);
    const auto codes = model::quantize_inputs(m, values, 500);
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const fx::Format& format = formats[i % formats.size()];
        REQUIRE(codes[i] >= format.min_code());
        REQUIRE(codes[i] <= format.max_code());
        if (format.is_zero() || codes[i] == format.min_code() || codes[i] == format.max_code()) continue;
        REQUIRE(static_cast<double>(codes[i]) == std::floor(std::ldexp(values[i], format.fraction) + 0.5));
    }
}

TEST_CASE("overflows are counted per cast, by row and by element", "[model][overflow]") {
    model::Model m = pass_through({{true, 3, 0}, {true, 3, 1}});
    const fx::Cast wrap{{true, 2, 0}, fx::Round::trn, fx::Overflow::wrap};
    const fx::Cast clamp{{false, 2, 0}, fx::Round::rnd, fx::Overflow::sat};
    const fx::Cast none{{false, 0, 0}, fx::Round::rnd, fx::Overflow::sat};
    m.steps = {
        {"a", {0}, model::Cast{{wrap, clamp}}}, {"b", {0}, model::Relu{}}, {"c", {0}, model::Cast{{none, wrap}}}};
    m.outputs[0].value = 1;
    //                                          wrap  clamp      third step: only the wrap of the second element counts
    const std::vector<std::int64_t> codes{3,  6,   // 3 fits, 3 fits      3 fits
                                          4,  7,   // wraps, 3.5 -> 4     3.5 -> 3
                                          -5, 6,   // wraps, fits         fits
                                          -4, -1,  // fits, -0.5 -> 0     -1
                                          0,  -9}; // fits, -4.5 -> -4    -5 wraps
    const auto counts = model::count_overflows(m, codes, 5);
    REQUIRE(counts.size() == 2);
    CHECK(counts[0].step == 0);
    CHECK(counts[0].rows == 3);
    CHECK(counts[0].elements == 4);
    CHECK(counts[1].step == 2);
    CHECK(counts[1].rows == 1);
    CHECK(counts[1].elements == 1);
}

} // namespace bitgrain::test
