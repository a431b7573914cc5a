// Metrics against answers worked out by hand, and against the slow definition.
#include "base/random.hpp"
#include "nn/metric.hpp"

#include <catch2/catch.hpp>
#include <cmath>

using namespace bitgrain;
using namespace bitgrain::nn;

using Kind = Metric::Kind;

TEST_CASE("accuracy takes the first largest output", "[nn][metric]") {
    const std::vector<double> z{1, 1, 0, 2, 3, 3};
    const std::vector<std::int32_t> labels{0, 1, 1};
    CHECK(measure({Kind::accuracy}, {2, z, labels, {}}) == 2.0 / 3.0);
}

TEST_CASE("errors of a regression", "[nn][metric]") {
    const std::vector<double> y{1, 2, 3, 104}, targets{0, 2, 5, 4};
    const Judged judged{1, y, {}, targets};
    CHECK(measure({Kind::mae}, judged) == 103.0 / 4.0);
    CHECK(measure({Kind::rms}, judged) == std::sqrt(10005.0 / 4.0));
    // Errors 1, 0, -2 are below the cutoff; their mean is -1/3.
    const Resolution r = resolution(judged, 10.0);
    CHECK(r.kept == 0.75);
    CHECK(r.deviation == Approx(std::sqrt(14.0 / 9.0)));
    CHECK(measure({Kind::resolution, 10.0}, judged) == r.deviation);
    // A network that loses most rows does not look good by the few that are left.
    CHECK(resolution(judged, 0.5).deviation == 0.5);
}

TEST_CASE("two targets are pooled", "[nn][metric]") {
    const std::vector<double> y{1, 2, 3, 4}, targets{1, 1, 3, 1};
    CHECK(measure({Kind::mae}, {2, y, {}, targets}) == 1.0);
}

TEST_CASE("the AUC is the share of pairs in the right order, ties count half", "[nn][metric]") {
    const auto seed = static_cast<std::uint64_t>(GENERATE(1, 2, 3));
    CAPTURE(seed);
    Random random(seed);
    const std::size_t rows = 60, classes = 3;
    std::vector<double> z;
    std::vector<std::int32_t> labels;
    for (std::size_t r = 0; r < rows; ++r) {
        labels.push_back(static_cast<std::int32_t>(random.integer(0, 2)));
        for (std::size_t c = 0; c < classes; ++c)
            z.push_back(static_cast<double>(random.integer(0, 2))); // few values: many ties
    }
    const Judged judged{classes, z, labels, {}};
    const std::vector<double> areas = class_auc(judged);
    REQUIRE(areas.size() == classes);
    double mean = 0.0;
    for (std::size_t c = 0; c < classes; ++c) {
        const auto share = [&](std::size_t r) {
            double sum = 0.0;
            for (std::size_t o = 0; o < classes; ++o)
                sum += std::exp(z[r * classes + o]);
            return std::exp(z[r * classes + c]) / sum;
        };
        double right = 0.0, pairs = 0.0;
        for (std::size_t a = 0; a < rows; ++a) {
            for (std::size_t b = 0; b < rows; ++b) {
                if (labels[a] != static_cast<std::int32_t>(c) || labels[b] == static_cast<std::int32_t>(c)) continue;
                pairs += 1.0;
                const double gap = share(a) - share(b);
                right += std::abs(gap) < 1e-12 ? 0.5 : gap > 0 ? 1.0 : 0.0;
            }
        }
        CHECK(areas[c] == Approx(right / pairs).epsilon(1e-12));
        mean += areas[c] / static_cast<double>(classes);
    }
    CHECK(measure({Kind::auc}, judged) == Approx(mean));
}

TEST_CASE("a perfect order has area one, a constant output one half", "[nn][metric]") {
    const std::vector<double> z{0, 1, 0, 2, 0, -1, 0, -3}, constant(8, 0.25);
    const std::vector<std::int32_t> labels{1, 1, 0, 0};
    CHECK(class_auc({2, z, labels, {}}) == std::vector<double>{1.0, 1.0});
    CHECK(class_auc({2, constant, labels, {}}) == std::vector<double>{0.5, 0.5});
    CHECK(class_auc({1, std::vector<double>{3, 4, 1, 2}, std::vector<std::int32_t>{0, 0, 1, 1}, {}}).front() == 1.0);
}
