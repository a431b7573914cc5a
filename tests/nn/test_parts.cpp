// Optimiser, schedules, front and checkpoints on their own.
#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/front.hpp"
#include "nn/optimizer.hpp"
#include "nn/pick.hpp"
#include "nn/ramp.hpp"
#include "nn/schedule.hpp"
#include "nn/workers.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>
#include <unistd.h>

using namespace bitgrain;
using namespace bitgrain::nn;

TEST_CASE("Adam follows Keras' formula and clips to the bounds", "[nn][optimizer]") {
    Parameters parameters;
    parameters.add({"a"}, std::vector<float>{1.0F, -2.0F});
    parameters.add({"b", 0, 0, -0.001F, 0.001F}, std::vector<float>{0.0F});
    Adam adam(3);
    double m = 0, v = 0, x = 1.0;
    for (int t = 1; t <= 5; ++t) {
        const double g = 0.3 * t - 0.5;
        adam.update(parameters, std::vector<float>{static_cast<float>(g), 0.0F, 5.0F}, 0.01);
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        x -= 0.01 * std::sqrt(1 - std::pow(0.999, t)) / (1 - std::pow(0.9, t)) * m / (std::sqrt(v) + 1e-7);
        CHECK(parameters.values()[0] == Approx(x).epsilon(1e-5));
    }
    CHECK(parameters.values()[1] == -2.0F); // no gradient, no movement: tracked values stay
    CHECK(parameters.values()[2] == -0.001F);
}

TEST_CASE("the learning rate restarts and decays", "[nn][schedule]") {
    const LearningRate rate{1.0, 0.0, 10.0, 0.5};
    CHECK(rate.at(0) == 1.0);
    CHECK(rate.at(5) == Approx(0.5));
    CHECK(rate.at(10) == 0.5);
    CHECK(rate.at(25) == Approx(0.125));
}

TEST_CASE("beta goes through its knots", "[nn][schedule]") {
    const BetaSchedule beta{{{10, 1e-6, true}, {20, 1e-4, false}, {30, 3e-4, true}}};
    CHECK(beta.at(0) == 1e-6);
    CHECK(beta.at(15) == Approx(1e-5));
    CHECK(beta.at(25) == Approx(2e-4));
    CHECK(beta.at(99) == 3e-4);
}

TEST_CASE("the controller starts where the schedule ends and follows HGQ2's formula", "[nn][schedule]") {
    // Ten times the target with p = 1 and i = 2e-3: beta stays at the end of the warm-up, then grows by 10^(2e-3) per
    // epoch.
    ControllerSettings settings;
    settings.target = 100.0;
    settings.warmup = 2.0;
    Ramp ramp({{{0, 1e-5, true}}}, 100, settings);
    for (int epoch = 0; epoch < 2; ++epoch) {
        CHECK(ramp.beta() == 1e-5);
        ramp.advance(1000.0, std::nullopt, 1.0);
    }
    CHECK(ramp.beta() == Approx(1e-5).epsilon(1e-9));
    ramp.advance(1000.0, std::nullopt, 1.0);
    CHECK(ramp.beta() == Approx(1e-5 * std::pow(10.0, 2e-3)).epsilon(1e-9));
    Ramp copy({{{0, 1e-5, true}}}, 100, settings);
    copy.restore(ramp.to_json());
    copy.advance(50.0, std::nullopt, 1.0);
    ramp.advance(50.0, std::nullopt, 1.0);
    CHECK(copy.beta() == ramp.beta());
    CHECK(copy.position() == ramp.position());
}

TEST_CASE("a time budget changes the pace so that the schedule ends with it", "[nn][schedule]") {
    Ramp ramp({{{0, 1e-5, true}}}, 100, {});
    double left = 10.0;
    int epochs = 0;
    for (; !ramp.finished(); ++epochs, left -= 0.5)
        ramp.advance(0.0, left, 0.5);
    CHECK(epochs == 20);
    CHECK(ramp.position() == 100.0);

    for (const bool stretches : {false, true}) { // where time is left over
        Ramp easy({{{0, 1e-5, true}}}, 100, {}, stretches);
        easy.advance(0.0, 1000.0, 0.5);
        CHECK(easy.position() == (stretches ? 0.05 : 1.0));
    }
}

TEST_CASE("the front keeps undominated points only and picks by rule", "[nn][front]") {
    Front front;
    front.metric_name = "accuracy";
    const auto point = [](double metric, double ebops, const std::string& name) {
        Point p;
        p.expected = metric;
        p.ebops = ebops;
        p.checkpoint = name;
        return p;
    };
    CHECK(insert(front, point(0.90, 1000, "a")));
    CHECK(insert(front, point(0.95, 3000, "b")));
    CHECK_FALSE(insert(front, point(0.90, 1000, "c"))); // equal in both: the first stays
    CHECK_FALSE(insert(front, point(0.89, 1500, "d")));
    CHECK(insert(front, point(0.93, 2000, "e")));
    CHECK(insert(front, point(0.95, 1900, "f")));
    CHECK(pick(front, "best").checkpoint == "f");
    CHECK(pick(front, "accuracy>=0.85").checkpoint == "a");
    CHECK(pick(front, "accuracy>=0.91").checkpoint == "f");
    CHECK(pick(front, "ebops<=1899").checkpoint == "a");
    CHECK(pick(front, "best-0").checkpoint == "f");
    CHECK(pick(front, "best-0.06").checkpoint == "a");
    CHECK_THROWS_AS(pick(front, "best-"), Error);
    CHECK_THROWS_AS(pick(front, "best--0.1"), Error);
    CHECK_THROWS_AS(pick(front, "best-nan"), Error);
    for (const Point& p : front.points)
        CHECK(pick(front, rule_of(p.ebops)).checkpoint == p.checkpoint);
    CHECK_THROWS_WITH(pick(front, "accuracy>=0.99"), Catch::Contains("no point fits") && Catch::Contains("0.95"));
    CHECK_THROWS_AS(pick(front, "ebops<=10"), Error);
    CHECK_THROWS_AS(pick(front, "accuracy<=0.5"), Error);
    CHECK_THROWS_AS(pick(front, "ebops<=ten"), Error);
    CHECK_THROWS_AS(pick(front, "bset"), Error);
    CHECK(pick(front, "accuracy >= 0.85").checkpoint == "a");
    CHECK(to_json(front_from_json(to_json(front), "test")) == to_json(front));
}

TEST_CASE("a checkpoint round-trips and damage is noticed", "[nn][checkpoint]") {
    const auto path = std::filesystem::temp_directory_path() / ("bitgrain-ckpt-" + std::to_string(::getpid()));
    const Checkpoint written{{{"epoch", 7}}, {{"values", {1.5F, -0.0F, 1e-30F}}, {"empty", {}}}};
    write_checkpoint(path, written);
    const Checkpoint read = read_checkpoint(path);
    CHECK(read.head == written.head);
    CHECK(read.arrays == written.arrays);
    const std::string bytes = read_file(path);
    for (std::size_t n = 0; n < bytes.size(); ++n) {
        write_file(path, bytes.substr(0, n));
        CHECK_THROWS_AS(read_checkpoint(path), Error);
    }
    std::filesystem::remove(path);
}

TEST_CASE("workers run every job once and pass on an exception", "[nn][workers]") {
    Workers workers(GENERATE(1U, 2U, 5U));
    for (int round = 0; round < 200; ++round) {
        std::vector<int> count(37, 0);
        workers.run(count.size(),
                    [&](unsigned thread, std::size_t i) { count[i] += thread < workers.threads() ? 1 : 100; });
        CHECK(count == std::vector<int>(37, 1));
    }
    CHECK_THROWS_AS(workers.run(10,
                                [](unsigned, std::size_t i) {
                                    if (i == 3) throw Error("job");
                                }),
                    Error);
    int again = 0;
    workers.run(1, [&](unsigned, std::size_t) { ++again; });
    CHECK(again == 1);
}
