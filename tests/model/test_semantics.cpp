// Exact inference against the second implementation in reference.hpp, op by op and on random models.
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "model/intervals.hpp"
#include "model/model.hpp"
#include "reference.hpp"
#include "small_model.hpp"
#include "support/random_model.hpp"

#include <catch2/catch.hpp>

namespace bitgrain::test {

namespace {

/// Compares infer with the reference on every output of every row, and the intervals with every value seen.
void compare(const model::Model& m, const std::vector<std::int64_t>& codes, std::size_t rows) {
    const auto formats = model::input_formats(m);
    const auto ranges = model::intervals(m);
    const auto outputs = model::infer_real(m, codes, rows);
    for (std::size_t row = 0; row < rows; ++row) {
        RealValue x;
        for (std::size_t i = 0; i < formats.size(); ++i) {
            const auto code = static_cast<Real>(codes[row * formats.size() + i]);
            x.push_back(std::ldexp(code, -formats[i].fraction));
        }
        const auto values = reference_values(m, x);
        std::size_t port = 0;
        for (const model::Output& output : m.outputs) {
            for (const Real expected : values[output.value]) {
                CAPTURE(row, port);
                REQUIRE(static_cast<Real>(outputs[row * model::output_count(m) + port]) == expected);
                ++port;
            }
        }
        for (std::size_t v = 0; v < values.size(); ++v) {
            for (std::size_t e = 0; e < values[v].size(); ++e) {
                CAPTURE(row, v, e);
                const Real code = std::ldexp(values[v][e], ranges[v][e].fraction);
                REQUIRE(code == std::floor(code));
                REQUIRE(code >= static_cast<Real>(ranges[v][e].lo));
                REQUIRE(code <= static_cast<Real>(ranges[v][e].hi));
            }
        }
    }
}

} // namespace

TEST_CASE("every op means what the reference says on random models", "[model][semantics]") {
    for (std::uint64_t seed = 1; seed <= 400; ++seed) {
        CAPTURE(seed);
        const model::Model m = random_model(seed);
        const std::size_t rows = 5 + seed % 70;
        compare(m, random_inputs(m, rows, seed), rows);
    }
}

TEST_CASE("the random models use every op, every rounding, every overflow and zero widths", "[model][random]") {
    std::vector<int> ops(std::variant_size_v<model::Op>), rounds(3), overflows(3);
    int zero_widths = 0, negative_integer = 0, negative_fraction = 0, dead_matrices = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        for (const model::Step& step : random_model(seed).steps) {
            ++ops[step.op.index()];
            if (const auto* affine = std::get_if<model::Affine>(&step.op)) {
                const bool dead =
                    std::all_of(affine->weights.begin(), affine->weights.end(), [](double w) { return w == 0.0; });
                dead_matrices += dead ? 1 : 0;
            }
            const auto* casts = std::get_if<model::Cast>(&step.op);
            if (casts == nullptr) continue;
            for (const fx::Cast& cast : casts->casts) {
                ++rounds[static_cast<std::size_t>(cast.round)];
                ++overflows[static_cast<std::size_t>(cast.overflow)];
                zero_widths += cast.format.is_zero() ? 1 : 0;
                negative_integer += !cast.format.is_zero() && cast.format.integer < 0 ? 1 : 0;
                negative_fraction += !cast.format.is_zero() && cast.format.fraction < 0 ? 1 : 0;
            }
        }
    }
    for (const auto* counts : {&ops, &rounds, &overflows}) {
        for (const int count : *counts)
            CHECK(count >= 20);
    }
    CHECK(zero_widths >= 20);
    CHECK(negative_integer >= 20);
    CHECK(negative_fraction >= 20);
    CHECK(dead_matrices >= 5);
}

TEST_CASE("a small model by hand gives the numbers worked out by hand", "[model][semantics]") {
    const model::Model m = small_model();
    model::validate(m);
    // a = (-2, 1.75), b = (3, nothing): dense = (-1, 7.578125), relu = (0, 7.578125), cast = (0, 1.5 saturated);
    // join = (0, 0, 0, 3) -> sum doubles -> product with itself (0, 0, 0, 18) -> pool (0, 18) -> key (0, 0.5) -> 0.125,
    // 2
    const std::vector<std::int64_t> codes{-8, 7, 3, 0};
    CHECK(model::infer_real(m, codes, 1) == std::vector<double>{0.125, 2.0, 0.0, 1.5});
    compare(m, random_inputs(m, 100, 7), 100);
}

TEST_CASE("a model without steps hands its input through", "[model][semantics]") {
    model::Model m;
    m.inputs = {{"x", {3}, {{true, 2, 1}, {false, 0, 0}, {false, -2, 5}}}};
    m.outputs = {{"y", {3}, 0}};
    model::validate(m);
    CHECK(model::output_fractions(m) == std::vector<int>{1, 0, 5});
    CHECK(model::infer(m, std::vector<std::int64_t>{-8, 0, 7, 7, 0, 1}, 2) ==
          std::vector<std::int64_t>{-8, 0, 7, 7, 0, 1});
    CHECK(model::infer(m, {}, 0).empty());
}

TEST_CASE("a model whose weights all died gives its biases", "[model][semantics]") {
    model::Model m;
    m.inputs = {{"x", {2}, {{true, 3, 4}, {true, 3, 4}}}};
    m.steps = {{"dense", {0}, model::Affine{2, 3, std::vector<double>(6, 0.0), {0.0, -1.25, 40.0}}}};
    m.outputs = {{"y", {3}, 1}};
    model::validate(m);
    CHECK(model::infer_real(m, std::vector<std::int64_t>{5, -3}, 1) == std::vector<double>{0.0, -1.25, 40.0});
    CHECK(model::intervals(m)[1][0] == fx::Interval{});
}

TEST_CASE("intervals are exact for independent inputs", "[model][intervals]") {
    model::Model m;
    m.inputs = {{"x", {2}, {{true, 2, 0}, {false, 3, 0}}}};
    m.steps = {{"dense", {0}, model::Affine{2, 1, {-2.0, 0.5}, {0.25}}}, {"dense", {1}, model::Relu{}}};
    m.outputs = {{"y", {1}, 2}};
    CHECK(model::intervals(m)[1][0] == fx::Interval{-23, 47, 2}); // -6 + 0 + 0.25 .. 8 + 3.5 + 0.25
    CHECK(model::intervals(m)[2][0] == fx::Interval{0, 47, 2});
}

TEST_CASE("an input code outside its format is refused", "[model][inference]") {
    model::Model m;
    m.inputs = {{"x", {1}, {{false, 2, 0}}}};
    m.outputs = {{"y", {1}, 0}};
    CHECK_THROWS_AS(model::infer(m, std::vector<std::int64_t>{4}, 1), InternalError);
    CHECK_THROWS_AS(model::infer(m, std::vector<std::int64_t>{-1}, 1), InternalError);
    CHECK_THROWS_AS(model::infer(m, std::vector<std::int64_t>{1, 1}, 1), InternalError);
}

} // namespace bitgrain::test
