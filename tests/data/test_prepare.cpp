// Tests of split, subset and standardise: what happens to a Dataset before training.
#include "base/random.hpp"
#include "data/dataset.hpp"
#include "fixtures.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

using namespace bitgrain;
using namespace bitgrain::data;
using namespace bitgrain::data::fixtures;

namespace {

using Rows = std::vector<std::size_t>;
using Values = std::vector<double>;

/// Rows whose one feature is the row number.
Dataset classified(const std::vector<std::int32_t>& labels, std::size_t classes) {
    Dataset set;
    set.rows = labels.size();
    set.feature_shape = {1};
    set.features.resize(set.rows);
    std::iota(set.features.begin(), set.features.end(), 0.0);
    set.labels = labels;
    for (std::size_t i = 0; i < classes; ++i)
        set.class_names.push_back(std::to_string(i));
    return set;
}

Dataset measured(const Values& features, std::size_t width) {
    Dataset set;
    set.rows = features.size() / width;
    set.feature_shape = {width};
    set.features = features;
    set.targets = Values(set.rows, 0.5);
    set.target_size = 1;
    return set;
}

std::vector<std::int32_t> random_labels(std::size_t rows, std::size_t classes, Random& random) {
    std::vector<std::int32_t> labels(rows);
    for (std::int32_t& label : labels) {
        label = static_cast<std::int32_t>(random.integer(0, random.integer(0, static_cast<std::int64_t>(classes) - 1)));
    }
    return labels;
}

} // namespace

TEST_CASE("a split takes every row once and meets the fractions by class", "[split]") {
    const std::uint64_t seed = 99;
    CAPTURE(seed);
    Random random(seed);
    for (int round = 0; round < 100; ++round) {
        const auto rows = static_cast<std::size_t>(random.integer(20, 500));
        const std::size_t classes = 5;
        const Dataset set = classified(random_labels(rows, classes, random), classes);
        const double validation = random.uniform(0.05, 0.45), test = random.uniform(0.05, 0.45);
        CAPTURE(rows, validation, test);
        const Split parts = split(set, validation, test, random.next());

        Rows all = parts.train;
        all.insert(all.end(), parts.validation.begin(), parts.validation.end());
        all.insert(all.end(), parts.test.begin(), parts.test.end());
        std::sort(all.begin(), all.end());
        Rows expected(rows);
        std::iota(expected.begin(), expected.end(), std::size_t{0});
        CHECK(all == expected);
        CHECK(parts.validation.size() ==
              static_cast<std::size_t>(std::llround(validation * static_cast<double>(rows))));
        CHECK(parts.test.size() == static_cast<std::size_t>(std::llround(test * static_cast<double>(rows))));
        for (const Rows* part : {&parts.train, &parts.validation, &parts.test}) {
            CHECK(std::is_sorted(part->begin(), part->end()));
            for (std::int32_t label = 0; label < 5; ++label) {
                const auto of_class = [&](std::size_t row) { return set.labels[row] == label; };
                const auto in_part = static_cast<double>(std::count_if(part->begin(), part->end(), of_class));
                const auto in_all = static_cast<double>(std::count(set.labels.begin(), set.labels.end(), label));
                const double share = in_all * static_cast<double>(part->size()) / static_cast<double>(rows);
                CAPTURE(label, in_part, share);
                CHECK(std::abs(in_part - share) < 3); // each of the two cuts rounds
            }
        }
    }
}

TEST_CASE("the same seed gives the same split for ever and another seed another one", "[split]") {
    const Dataset set = classified({0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, 2);
    const Split first = split(set, 0.2, 0.2, 7), again = split(set, 0.2, 0.2, 7), other = split(set, 0.2, 0.2, 8);
    CHECK(first.train == again.train);
    CHECK(first.validation == again.validation);
    CHECK(first.test == again.test);
    CHECK((first.test != other.test || first.validation != other.validation));
    // Known answer: a change here changes the published numbers of every experiment.
    CHECK(first.test == Rows{8, 9});
    CHECK(first.validation == Rows{3, 4});
}

TEST_CASE("a split shuffles: the parts of sorted data are spread over it", "[split]") {
    Values features(1000);
    std::iota(features.begin(), features.end(), 0.0);
    const Split parts = split(measured(features, 1), 0.2, 0.2, 3);
    REQUIRE(parts.test.size() == 200);
    const auto low = std::count_if(parts.test.begin(), parts.test.end(), [](std::size_t row) { return row < 500; });
    CHECK(low > 60);
    CHECK(low < 140);
}

TEST_CASE("a part with fraction zero is empty", "[split]") {
    const Split parts = split(classified({0, 1, 0, 1}, 2), 0, 0, 1);
    CHECK(parts.train == Rows{0, 1, 2, 3});
    CHECK(parts.validation.empty());
    CHECK(parts.test.empty());
}

TEST_CASE("a split that leaves a part empty is refused", "[split]") {
    const Dataset set = classified({0, 1, 0, 1}, 2);
    CHECK_THAT(error_of([&] { split(set, 0.5, 0.5, 1); }), Catch::Contains("leave no rows to train with"));
    CHECK_THAT(error_of([&] { split(set, 0.1, 0.2, 1); }),
               Catch::Contains("too few rows (4) to set aside a validation part"));
    CHECK_THAT(error_of([&] { split(set, 0.25, 1.5, 1); }), Catch::Contains("the test fraction is 1.5"));
    CHECK_THAT(error_of([&] { split(set, -0.1, 0.2, 1); }), Catch::Contains("the validation fraction is -0.1"));
    CHECK_THAT(error_of([&] { split(set, std::nan(""), 0.2, 1); }), Catch::Contains("the validation fraction is"));
}

TEST_CASE("a subset keeps features, labels, targets and names together", "[subset]") {
    Dataset set = classified({2, 1, 0}, 3);
    set.feature_shape = {2};
    set.features = {10, 11, 20, 21, 30, 31};
    set.feature_names = {"a", "b"};
    set.targets = {1, 2, 3};
    set.target_size = 1;
    set.integral = true;
    const Dataset part = subset(set, {2, 0, 2});
    CHECK(part.rows == 3);
    CHECK(part.feature_shape == Rows{2});
    CHECK(part.features == Values{30, 31, 10, 11, 30, 31});
    CHECK(part.labels == std::vector<std::int32_t>{0, 2, 0});
    CHECK(part.targets == Values{3, 1, 3});
    CHECK(part.target_size == 1);
    CHECK(part.class_names == set.class_names);
    CHECK(part.feature_names == set.feature_names);
    CHECK(part.integral);
    CHECK(subset(set, {}).rows == 0);
    CHECK(subset(set, {}).features.empty());
    CHECK_THROWS_AS(subset(set, {3}), InternalError);
}

TEST_CASE("mean and deviation of small tables are exact", "[standardise]") {
    const Standardisation result = standardise(measured({1, 10, 3, 10, 5, 10, 7, 10}, 2));
    CHECK(result.mean == Values{4, 10});
    CHECK(result.deviation == Values{std::sqrt(5.0), 1});
}

TEST_CASE("a constant feature gets its own value as mean and 1 as deviation", "[standardise]") {
    const Standardisation result = standardise(measured(Values(1000, 0.1), 1));
    CHECK(result.mean == Values{0.1});
    CHECK(result.deviation == Values{1});
    CHECK(standardise(measured({7}, 1)).deviation == Values{1});
}

TEST_CASE("features standardised together share one mean and one deviation", "[standardise]") {
    const Standardisation result = standardise_channels(measured({1, 3, 5, 7, 1, 3, 5, 7}, 2), 1);
    CHECK(result.mean == Values{4, 4});
    CHECK(result.deviation == Values{std::sqrt(5.0), std::sqrt(5.0)});
}

TEST_CASE("features of one channel share mean and deviation", "[standardise]") {
    // Two places of two channels: 1, 5, 3, 7 and 10, 10, 10, 10.
    const Standardisation result = standardise_channels(measured({1, 10, 5, 10, 3, 10, 7, 10}, 4), 2);
    CHECK(result.mean == Values{4, 10, 4, 10});
    CHECK(result.deviation == Values{std::sqrt(5.0), 1, std::sqrt(5.0), 1});
}

TEST_CASE("a large offset does not spoil the deviation", "[standardise]") {
    const Standardisation result = standardise(measured({1e9 - 1, 1e9 + 1, 1e9 - 1, 1e9 + 1}, 1));
    CHECK(result.mean == Values{1e9});
    CHECK(result.deviation == Values{1});
}

TEST_CASE("values that cannot be standardised are refused by feature", "[standardise]") {
    CHECK_THAT(error_of([] {
                   standardise(measured({0, 1e308, 0, -1e308}, 2));
               }),
               Catch::Contains("feature 1 are too large"));
}
