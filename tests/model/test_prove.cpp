// Ranges by proof: nothing can overflow, and what did not overflow before keeps its value.
#include "model/inference.hpp"
#include "model/prove.hpp"
#include "support/random_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

using namespace bitgrain;

TEST_CASE("proven ranges exclude overflow and keep the rows that had none", "[model][prove]") {
    std::size_t rows_kept = 0, overflows_removed = 0;
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
        CAPTURE(seed);
        const model::Model before = test::random_model(seed, {});
        model::Model after;
        try {
            after = model::prove_ranges(before);
            model::validate(after);
        } catch (const Error&) {
            continue; // too wide without wrapping: said, not done
        }
        const std::size_t rows = 64;
        const auto codes = test::random_inputs(before, rows, seed);
        for (const model::OverflowCount& count : model::count_overflows(after, codes, rows)) {
            const auto& casts = std::get<model::Cast>(after.steps[count.step].op).casts;
            const bool wraps = std::all_of(casts.begin(), casts.end(),
                                           [](const fx::Cast& c) { return c.overflow == fx::Overflow::wrap; });
            if (wraps) CHECK(count.elements == 0);
        }
        // Row by row: a row without overflow before has the same outputs after.
        const std::size_t outputs = model::output_count(before), inputs = model::input_count(before);
        const auto old_outputs = model::infer_real(before, codes, rows),
                   new_outputs = model::infer_real(after, codes, rows);
        for (std::size_t r = 0; r < rows; ++r) {
            const auto row = std::span(codes).subspan(r * inputs, inputs);
            std::size_t lost = 0;
            for (const model::OverflowCount& count : model::count_overflows(before, row, 1))
                lost += count.elements;
            if (lost > 0) {
                ++overflows_removed;
                continue;
            }
            ++rows_kept;
            REQUIRE(std::equal(old_outputs.begin() + static_cast<std::ptrdiff_t>(r * outputs),
                               old_outputs.begin() + static_cast<std::ptrdiff_t>((r + 1) * outputs),
                               new_outputs.begin() + static_cast<std::ptrdiff_t>(r * outputs)));
        }
    }
    CHECK(rows_kept > 100);
    CHECK(overflows_removed > 100);
}

TEST_CASE("a proven format is exactly as wide as its operand needs", "[model][prove]") {
    model::Model m;
    m.name = "one";
    m.inputs = {{"x", {1}, {{false, 3, 0}}}};
    m.steps = {{"a", {0}, model::Affine{1, 1, {3.0}, {0.0}}},
               {"q", {1}, model::Cast{{{{true, 1, 0}, fx::Round::rnd, fx::Overflow::wrap}}}}};
    m.outputs = {{"y", {1}, 2}};
    const model::Model proven = model::prove_ranges(m);
    CHECK(std::get<model::Cast>(proven.steps[1].op).casts[0].format == fx::Format{false, 5, 0}); // 0 .. 21
}
