// Class-index heads against a sort of the scores.
#include "base/error.hpp"
#include "base/random.hpp"
#include "model/head.hpp"
#include "model/inference.hpp"
#include "small_model.hpp"
#include "support/random_model.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <numeric>

namespace bitgrain::test {

namespace {

constexpr std::size_t rows = 60;

/// `size` scores straight from the ports: widths of 1 to 5 bits, so that many are equal.
model::Model scores(Random& random, std::size_t size) {
    model::Model m;
    m.name = "scores";
    model::Input input{"x", {size}, {}};
    std::vector<fx::Cast> casts;
    for (std::size_t i = 0; i < size; ++i) {
        const int integer = static_cast<int>(random.integer(-1, 2));
        input.formats.push_back({random.chance(0.7), integer, static_cast<int>(random.integer(0, 2)) - integer});
        casts.push_back({input.formats.back(), fx::Round::trn, fx::Overflow::wrap});
    }
    m.inputs = {input};
    m.steps = {{"same", {0}, model::Cast{casts}}};
    m.outputs = {{"y", {size}, 1}};
    return m;
}

std::vector<double> best_indices(std::span<const double> row, std::size_t count) {
    std::vector<std::size_t> order(row.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return row[a] > row[b]; });
    return {order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count)};
}

} // namespace

TEST_CASE("argmax and top-k give the indices of a stable sort", "[model][head]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 25));
    CAPTURE(seed);
    Random random(seed);
    const auto size = static_cast<std::size_t>(random.integer(2, 19));
    const auto count = static_cast<std::size_t>(random.integer(1, static_cast<std::int64_t>(size)));
    const model::Model m = scores(random, size);
    const auto codes = random_inputs(m, rows, seed);
    const auto real = model::infer_real(m, codes, rows);
    const model::Model head = model::with_head(m, {model::Head::Kind::top_k, count, 0.0});
    const model::Model argmax = model::with_head(m, {});
    REQUIRE(head.outputs[0].name == "y_top_k");
    REQUIRE(argmax.outputs[0].name == "y_argmax");
    const auto chosen = model::infer_real(head, codes, rows), largest = model::infer_real(argmax, codes, rows);
    for (std::size_t r = 0; r < rows; ++r) {
        const std::span<const double> row(real.data() + r * size, size);
        CAPTURE(r, size, count);
        const std::vector<double> got(chosen.begin() + static_cast<std::ptrdiff_t>(r * count),
                                      chosen.begin() + static_cast<std::ptrdiff_t>((r + 1) * count));
        REQUIRE(got == best_indices(row, count));
        REQUIRE(largest[r] == best_indices(row, 1)[0]);
    }
}

TEST_CASE("threshold gives one bit per score", "[model][head]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 13));
    const auto threshold = GENERATE(-1.0, 0.0, 0.3, 0.5, 40.0, -40.0);
    CAPTURE(seed, threshold);
    Random random(seed);
    const model::Model m = scores(random, 6);
    const auto codes = random_inputs(m, rows, seed);
    const auto real = model::infer_real(m, codes, rows);
    const model::Model head = model::with_head(m, {model::Head::Kind::threshold, 1, threshold});
    const auto bits = model::infer_real(head, codes, rows);
    REQUIRE(bits.size() == real.size());
    for (std::size_t i = 0; i < bits.size(); ++i) {
        CAPTURE(i, real[i]);
        REQUIRE(bits[i] == (real[i] >= threshold ? 1.0 : 0.0));
    }
}

TEST_CASE("every output of a model gets its own head, and the task is gone", "[model][head]") {
    const model::Model m = small_model();
    const model::Model head = model::with_head(m, {});
    REQUIRE(head.outputs.size() == 2);
    REQUIRE(head.outputs[0].name == "y_argmax");
    REQUIRE(head.outputs[1].name == "z_argmax");
    REQUIRE(head.task == model::Task{});
    const auto codes = random_inputs(m, rows, 1);
    const auto real = model::infer_real(m, codes, rows), index = model::infer_real(head, codes, rows);
    REQUIRE(index.size() == 2 * rows);
    for (std::size_t r = 0; r < rows; ++r) {
        REQUIRE(index[2 * r] == best_indices({real.data() + 4 * r, 2}, 1)[0]);
        REQUIRE(index[2 * r + 1] == best_indices({real.data() + 4 * r + 2, 2}, 1)[0]);
    }
}

TEST_CASE("heads that make no sense are refused", "[model][head]") {
    REQUIRE(model::read_head("argmax") == model::Head{});
    REQUIRE(model::read_head("top-k=3") == model::Head{model::Head::Kind::top_k, 3, 0.0});
    REQUIRE(model::read_head("threshold=-0.5") == model::Head{model::Head::Kind::threshold, 1, -0.5});
    for (const char* text : {"", "max", "top-k", "top-k=0", "top-k=-1", "top-k=2.5", "threshold",
                             "threshold=", "threshold=nan", "threshold=x", "argmax=1"}) {
        CAPTURE(text);
        REQUIRE_THROWS_AS(model::read_head(text), Error);
    }
    REQUIRE_THROWS_AS(model::with_head(small_model(), {model::Head::Kind::top_k, 3, 0.0}), Error);
    Random random(1);
    REQUIRE_THROWS_AS(model::with_head(scores(random, 1), {}), Error);
}

} // namespace bitgrain::test
