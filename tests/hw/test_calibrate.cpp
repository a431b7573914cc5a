// Refitting a target to measured builds, and the features that the fit needs.
#include "base/random.hpp"
#include "hw/calibrate.hpp"
#include "support/random_netlist.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <filesystem>

using namespace bitgrain;

namespace {

const std::filesystem::path constraints = std::filesystem::path(BITGRAIN_SOURCE_DIR) / "constraints";

hw::Features built(std::uint64_t seed, double clock_ns) {
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    const ir::Netlist netlist = test::random_netlist(seed);
    hw::ScheduleOptions options;
    options.clock_ns = clock_ns;
    const hw::Schedule schedule = hw::schedule(target, netlist, options);
    return hw::features(target, netlist, schedule, hw::area(target, netlist, schedule));
}

/// Builds with counts as networks have them: many sums, fewer of the rest.
std::vector<hw::Sample> synthetic(std::uint64_t seed, std::size_t number, const hw::Parts& luts,
                                  const std::vector<double>& delays, double noise) {
    Random random(seed);
    std::vector<hw::Sample> samples(number);
    for (hw::Sample& sample : samples) {
        for (const auto& [part, most] : {std::pair{hw::Part::sum_bit, 4000.0}, std::pair{hw::Part::through_bit, 600.0},
                                         std::pair{hw::Part::invert_bit, 900.0}, std::pair{hw::Part::mask_bit, 900.0}})
            sample.features.parts[part] = std::floor(most * (0.2 + 0.8 * random.uniform()));
        for (std::size_t i = 0; i < sample.features.path.size(); ++i)
            sample.features.path[i] = std::floor(1.0 + 12.0 * random.uniform());
        double period = 0.0;
        for (std::size_t i = 0; i < delays.size(); ++i)
            period += delays[i] * sample.features.path[i];
        sample.lut = hw::dot(sample.features.parts, luts) * (1.0 + noise * (2.0 * random.uniform() - 1.0));
        sample.period_ns = period * (1.0 + noise * (2.0 * random.uniform() - 1.0));
    }
    return samples;
}

} // namespace

TEST_CASE("the features of a build times the coefficients are its estimates", "[hw][calibrate]") {
    const auto seed = GENERATE(range<std::uint64_t>(300, 320));
    CAPTURE(seed);
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    const hw::Features features = built(seed, 12.0);
    CHECK(hw::dot(features.parts, target.lut_per) == Approx(features.lut));
    double path = 0.0;
    for (std::size_t i = 0; i < features.path.size(); ++i)
        path += features.path[i] * (target.delay.*(hw::delay_coefficients[i].second));
    // Beside alternatives within a node each coefficient takes its own worst: never below the estimate.
    CHECK(path >= features.period_ns * (1.0 - 1e-9));
    CHECK(path <= features.period_ns * 1.15);
    const hw::Features again = hw::features_from_json(hw::to_json(features), "e.json");
    CHECK(hw::to_json(again).dump() == hw::to_json(features).dump());
}

TEST_CASE("coefficients behind exact measurements are found again", "[hw][calibrate]") {
    const auto seed = GENERATE(range<std::uint64_t>(1, 9));
    CAPTURE(seed);
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    hw::Parts luts = target.lut_per;
    luts[hw::Part::sum_bit] = 0.97;
    luts[hw::Part::through_bit] = 0.25;
    luts[hw::Part::invert_bit] = 0.81;
    luts[hw::Part::mask_bit] = 0.66;
    const std::vector<double> delays{0.31, 0.22, 0.019, 0.44, 0.13, 0.9};
    const std::vector<hw::Sample> samples = synthetic(seed, 24, luts, delays, 0.0);
    const auto fitted = hw::fit_luts(target, samples);
    REQUIRE(fitted.has_value());
    for (std::size_t i = 0; i < hw::part_kinds; ++i) {
        CAPTURE(i);
        CHECK(fitted->coefficients[i] == Approx(luts.count[i]).epsilon(1e-4)); // the pull to the start leaves 1e-5
    }
    CHECK(fitted->spread < 1e-4);
    const auto periods = hw::fit_delays(target, samples);
    REQUIRE(periods.has_value());
    for (std::size_t i = 0; i < delays.size(); ++i) {
        CAPTURE(i);
        CHECK(periods->coefficients[i] == Approx(delays[i]).epsilon(1e-3));
    }
}

TEST_CASE("with noise the fit says how large it is", "[hw][calibrate]") {
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    // Uniform noise of +-6 % has a standard deviation of 3.46 %. The spread of 200 samples has a relative standard
    // error of at most 5 %; five of these are allowed.
    const auto samples = synthetic(5, 200, target.lut_per, {0.3, 0.4, 0.03, 0.5, 0.2, 1.0}, 0.06);
    const double sigma = 0.06 / std::sqrt(3.0);
    CHECK(std::fabs(hw::fit_luts(target, samples)->spread / sigma - 1.0) < 0.25);
    CHECK(std::fabs(hw::fit_delays(target, samples)->spread / sigma - 1.0) < 0.25);
}

TEST_CASE("too few builds fit nothing, bounds hold, and what nothing measures stays", "[hw][calibrate]") {
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    const auto few = synthetic(7, 4, target.lut_per, {0.3, 0.4, 0.03, 0.5, 0.2, 1.0}, 0.0);
    CHECK_FALSE(hw::fit_luts(target, few).has_value()); // four coefficients
    CHECK_FALSE(hw::fit_delays(target, few).has_value());
    CHECK_FALSE(hw::fit_luts(target, {}).has_value());

    const std::vector<double> x =
        hw::fit({{1.0, 0.0, 0.0}, {1.0, -1.0, 0.0}}, {0.5, 0.5, 7.0}, {0.0, 0.0, 0.0}, {2.0, 2.0, 9.0});
    CHECK(x[0] == Approx(1.0).margin(1e-6));
    CHECK(x[1] == Approx(0.0).margin(1e-6));
    CHECK(x[2] == 7.0);
}

TEST_CASE("a calibrated file is a target again, with the new numbers and their source", "[hw][calibrate]") {
    const hw::Target target = hw::read_target(constraints, "xc7a100t");
    hw::Parts luts = target.lut_per;
    luts[hw::Part::sum_bit] = 1.25;
    const auto samples = synthetic(9, 12, luts, {0.31, 0.22, 0.019, 0.44, 0.13, 0.9}, 0.01);
    hw::Calibration calibration;
    calibration.luts = hw::fit_luts(target, samples);
    calibration.ff = 0.03;
    calibration.source = "a test";
    const Json before = read_json(constraints / "xc7a100t" / "target.json");
    const Json after = hw::calibrated(before, calibration);
    CHECK(after["lut"]["sum_bit"]["source"] == "a test");
    CHECK(after["lut"]["sum_bit"]["per"].get<double>() == Approx(1.25).margin(0.05));
    CHECK(after["bands"]["ff"]["share"] == 0.06);
    CHECK(after["delay"].dump() == before["delay"].dump());
    CHECK(after["bands"]["period"].dump() == before["bands"]["period"].dump());
}
