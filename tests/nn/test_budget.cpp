// Training within a time budget.
#include "nn/experiment.hpp"
#include "nn/rings.hpp"
#include "nn/train.hpp"

#include <catch2/catch.hpp>

using namespace bitgrain;
using namespace bitgrain::nn;
using namespace bitgrain::nn::test;

TEST_CASE("a time budget alone is filled with ramps and polish", "[nn][train]") {
    const Folder folder;
    const Experiment experiment = read_experiment(write_rings(folder.path, ""));
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 2;
    options.minutes = 0.05; // a ramp takes some 50 ms on an idle machine
    const Front front = train(experiment, options);
    const Json finish = read_json(options.run / "finish.json");
    const auto ramps = finish.at("ramps").get<int>();
    CHECK(ramps >= 2);
    CHECK(ramps <= 12);
    CHECK(ramps % 2 == 0); // whole rounds
    CHECK(finish.at("planned") == ramps);
    CHECK(finish.at("to_polish").size() > 0);
    const std::string bytes = bytes_of_run(options.run);
    options.resume = true; // the budget is remembered, the run is finished
    CHECK(to_json(train(experiment, options)) == to_json(front));
    CHECK(bytes_of_run(options.run) == bytes);
}

TEST_CASE("a time budget ends one whole ramp in time and leaves its front", "[nn][train]") {
    const Folder folder;
    const Experiment experiment = read_experiment(write_rings(folder.path, ""));
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    options.ramps = 1;
    options.minutes = 0.02; // enough for a loaded machine to take many epochs
    const Front front = train(experiment, options);
    CHECK(front.history.back().beta > 1e-4);
    options.resume = true; // the budget is remembered, the run is finished
    CHECK(to_json(train(experiment, options)) == to_json(front));
}
