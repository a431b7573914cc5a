// Random networks through every seam between a model and the final netlist, with the rows that hurt: model.json,
// lowering, each pass, all passes. The seam to Verilog is in test_verilog.cpp.
#include "base/error.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "fx/arithmetic.hpp"
#include "ir/evaluate.hpp"
#include "lower/lower.hpp"
#include "model/head.hpp"
#include "model/inference.hpp"
#include "opt/passes.hpp"
#include "support/random_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>

namespace bitgrain::test {

namespace {

constexpr std::uint64_t seeds = 300;
constexpr std::size_t rows = 100;

/// Counts outputs of all rows that differ; the two sides may print them on different grids.
std::size_t mismatches(const ir::Netlist& netlist, const std::vector<std::int64_t>& codes,
                       const std::vector<double>& expected) {
    const auto outputs = ir::evaluate(netlist, codes, rows);
    REQUIRE(outputs.size() == expected.size());
    std::size_t count = 0;
    for (std::size_t at = 0; at < outputs.size(); ++at) {
        const int fraction = ir::output_format(netlist, at % netlist.outputs.size()).fraction;
        count += fx::to_double(outputs[at], fraction) == expected[at] ? 0 : 1;
    }
    return count;
}

/// Every third model is large.
model::Model model_of(std::uint64_t seed) {
    RandomModelOptions options;
    if (seed % 3 == 0) {
        options.max_steps = 20;
        options.max_elements = 16;
    }
    model::Model m = random_model(seed, options);
    // Now and then it decides instead of giving scores; some outputs are too wide for the bits of an index.
    const bool has_choice = std::all_of(m.outputs.begin(), m.outputs.end(), [&](const model::Output& output) {
        return model::value_size(m, output.value) > 1;
    });
    if (seed % 4 != 0 || !has_choice) return m;
    const auto kind = seed % 8 == 0 ? model::Head::Kind::top_k : model::Head::Kind::argmax;
    try {
        return model::with_head(m, {kind, 2, 0.0});
    } catch (const Error&) {
        return m;
    }
}

/// Adders of two or three operands, any depth limit, with and without tables.
lower::Options options_of(std::uint64_t seed) {
    Random random(seed);
    lower::Options options;
    options.cmvm.operands = random.chance(0.5) ? 3 : 2;
    options.cmvm.tables = random.chance(0.5);
    options.cmvm.slack = static_cast<int>(random.integer(0, 2));
    if (random.chance(0.3)) options.cmvm.slack.reset();
    if (random.chance(0.5)) options.cmvm.effort = cmvm::Effort::fast;
    return options;
}

} // namespace

TEST_CASE("random models keep every output bit from model to final netlist", "[contracts]") {
    std::size_t vectors = 0;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        CAPTURE(seed);
        const model::Model m = model_of(seed);
        const auto codes = random_inputs(m, rows, seed);
        const auto expected = model::infer_real(m, codes, rows);

        const std::string text = model::to_text(m);
        const model::Model read = model::from_json(parse_json(text, "model.json"), "model.json");
        REQUIRE(read == m);
        REQUIRE(model::to_text(read) == text);
        REQUIRE(model::infer_real(read, codes, rows) == expected);

        const lower::Options options = options_of(seed);
        CAPTURE(options.cmvm.operands, options.cmvm.tables, options.cmvm.slack.value_or(-1));
        const ir::Netlist lowered = lower::lower(m, options);
        REQUIRE(mismatches(lowered, codes, expected) == 0);
        for (const opt::Pass& pass : opt::pipeline()) {
            CAPTURE(pass.name);
            const ir::Netlist passed = pass.run(lowered);
            ir::verify(passed);
            REQUIRE(mismatches(passed, codes, expected) == 0);
        }
        const ir::Netlist optimised = opt::optimize(lowered, {options.cmvm.operands});
        REQUIRE(mismatches(optimised, codes, expected) == 0);
        REQUIRE(optimised.inputs.size() == model::input_count(m));
        vectors += rows;
    }
    CHECK(vectors == seeds * rows);
}

} // namespace bitgrain::test
