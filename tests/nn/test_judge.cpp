#include "base/random.hpp"
#include "nn/front.hpp"
#include "nn/judge.hpp"
#include "nn/pick.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

using namespace bitgrain;
using namespace bitgrain::nn;

namespace {

/// Candidates of rising cost whose true metric rises with it and shows on the training rows; on every part of the
/// validation rows there is as much luck as `noise`.
std::vector<Point> candidates(Random& random, std::size_t count, double noise, std::vector<double>& truth) {
    std::vector<Point> points(count);
    for (std::size_t i = 0; i < count; ++i) {
        Point& p = points[i];
        p.ebops = 100.0 + static_cast<double>(i);
        truth.push_back(0.7 + 0.05 * static_cast<double>(i) / static_cast<double>(count) + 0.01 * random.uniform());
        p.train_metric = 0.02 + truth.back();
        for (std::size_t k = 0; k < folds; ++k)
            p.fold_metrics.push_back(truth.back() + noise * random.normal());
        p.metric = std::accumulate(p.fold_metrics.begin(), p.fold_metrics.end(), 0.0) / folds;
        p.checkpoint = std::to_string(i) + ".ckpt";
    }
    return points;
}

double error(const std::vector<double>& truth, const std::vector<Point>& points, double Point::*estimate) {
    double sum = 0.0;
    for (std::size_t i = 0; i < points.size(); ++i)
        sum += std::pow(points[i].*estimate - truth[i], 2);
    return std::sqrt(sum / static_cast<double>(points.size()));
}

} // namespace

TEST_CASE("luck on the validation rows is taken away", "[nn][judge]") {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5}) {
        INFO("seed " << seed);
        Random random(seed);
        std::vector<double> truth;
        std::vector<Point> points = candidates(random, 200, 0.02, truth);
        judge(points);
        CHECK(error(truth, points, &Point::expected) < 0.5 * error(truth, points, &Point::metric));
    }
}

TEST_CASE("where the training metric says nothing and the parts agree the validation metric stays", "[nn][judge]") {
    Random random(7);
    std::vector<double> truth;
    std::vector<Point> points = candidates(random, 100, 0.0, truth);
    for (Point& point : points)
        point.train_metric = 1.0; // learned by heart
    judge(points);
    for (const Point& point : points)
        CHECK(point.expected == Approx(point.metric).epsilon(1e-12));
}

TEST_CASE("candidates are judged the same whichever way the metric goes", "[nn][judge]") {
    Random random(8);
    std::vector<double> truth;
    std::vector<Point> points = candidates(random, 90, 0.01, truth), negated = points;
    for (Point& point : negated) {
        point.metric = -point.metric;
        point.train_metric = -point.train_metric;
        for (double& metric : point.fold_metrics)
            metric = -metric;
    }
    judge(points);
    judge(negated);
    for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].expected == -negated[i].expected);
}

TEST_CASE("polished candidates are judged among themselves, few not at all", "[nn][judge]") {
    Random random(9);
    std::vector<double> truth;
    std::vector<Point> points = candidates(random, 60, 0.01, truth), alone = points;
    judge(alone);
    for (int i = 0; i < 7; ++i) {
        Point& point = points.emplace_back(points[static_cast<std::size_t>(8 * i)]);
        point.polished = true;
        point.train_metric = 0.99;
    }
    judge(points);
    for (std::size_t i = 0; i < points.size(); ++i)
        CHECK(points[i].expected == (i < alone.size() ? alone[i].expected : points[i].metric));
}

TEST_CASE("the front is formed of what is expected, not of what was lucky", "[nn][judge][front]") {
    Random random(10);
    std::vector<double> truth;
    std::vector<Point> points = candidates(random, 80, 0.002, truth);
    for (double& metric : points[40].fold_metrics) // nothing on the training rows speaks for it
        metric += 0.1 * random.uniform();
    points[40].metric = std::accumulate(points[40].fold_metrics.begin(), points[40].fold_metrics.end(), 0.0) / folds;
    Front front;
    for (const Point& point : points)
        add(front, point);
    CHECK(pick(front, "best").checkpoint == "40.ckpt"); // for now
    form(front);
    CHECK(pick(front, "best").expected < 0.8);
    REQUIRE(front.points.size() > 5);
    for (std::size_t i = 1; i < front.points.size(); ++i) {
        CHECK(front.points[i].ebops > front.points[i - 1].ebops);
        CHECK(front.points[i].expected > front.points[i - 1].expected);
    }
    Front again = front;
    form(again);
    CHECK(to_json(again) == to_json(front));
}

TEST_CASE("only a candidate that can still join the front keeps its checkpoint", "[nn][judge][front]") {
    Front front;
    const auto point = [](double metric, double train_metric, double ebops, const char* name) {
        Point p;
        p.metric = metric;
        p.train_metric = train_metric;
        p.ebops = ebops;
        p.checkpoint = name;
        return p;
    };
    const auto names = [&] {
        std::string list;
        for (const Point& p : with_checkpoint(front)) {
            if (list.find(p.checkpoint) == std::string::npos) list += p.checkpoint;
        }
        return list;
    };
    CHECK(add(front, point(0.90, 0.90, 1000, "a")));
    CHECK_FALSE(add(front, point(0.90, 0.90, 1000, "b"))); // equal in all: the first stays
    CHECK(add(front, point(0.85, 0.95, 1000, "c")));       // unlucky perhaps
    CHECK_FALSE(add(front, point(0.84, 0.94, 1100, "d")));
    CHECK(add(front, point(0.91, 0.80, 2000, "e")));
    CHECK(names() == "aec");
    CHECK(add(front, point(0.91, 0.96, 900, "f"))); // better than all
    CHECK(names() == "f");
    CHECK(front.history.size() == 6);
}
