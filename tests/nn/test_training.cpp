// A whole small run: learning, the front, identical bytes for any number of threads, and after being killed and
// resumed.
#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/experiment.hpp"
#include "nn/front.hpp"
#include "nn/pick.hpp"
#include "nn/polish_front.hpp"
#include "nn/rings.hpp"
#include "nn/train.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cmath>
#include <set>

using namespace bitgrain;
using namespace bitgrain::nn;
using namespace bitgrain::nn::test;
namespace fs = std::filesystem;

TEST_CASE("a small network learns, and one ramp leaves a front", "[nn][train]") {
    const Folder folder;
    const Experiment experiment = read_experiment(write_rings(folder.path, ""));
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = train(experiment, options);
    CHECK(front.float_metric > 0.85);
    CHECK(pick(front, "best").metric > 0.85);
    REQUIRE(front.points.size() >= 2);
    for (std::size_t i = 1; i < front.points.size(); ++i) {
        CHECK(front.points[i].ebops > front.points[i - 1].ebops);
        CHECK(front.points[i].expected > front.points[i - 1].expected);
    }
    CHECK(front.points.front().ebops < 0.5 * front.history.front().ebops);
    CHECK(to_json(read_front(options.run)) == to_json(front));

    const model::Model model = Freezer(options.run).freeze({});
    CHECK(model.facts.at("validation") == pick(front, "best").metric); // exact fixed point equals the calibrated graph
    CHECK(model.facts.at("ebops") == pick(front, "best").ebops);

    SECTION("ranges can be proven instead of calibrated") {
        const model::Model proven = Freezer(options.run).freeze({"best", std::nullopt, true});
        CHECK(proven.facts.at("ranges") == "proven");
        CHECK(proven.facts.at("overflow") == "none");
        CHECK(proven.facts.at("validation") == model.facts.at("validation")); // validation rows never overflowed
    }
    SECTION("any number of threads gives the same bytes") {
        TrainOptions more = options;
        more.run = folder.path / "run3";
        more.threads = 3;
        train(experiment, more);
        CHECK(bytes_of_run(more.run) == bytes_of_run(options.run));
    }
    SECTION("a folder with a run is not overwritten") {
        CHECK_THROWS_AS(train(experiment, options), Error);
    }
    SECTION("a finished run resumes to itself") {
        const std::string before = bytes_of_run(options.run);
        options.resume = true;
        train(experiment, options);
        CHECK(bytes_of_run(options.run) == before);
    }
    SECTION("another seed is another run") {
        options.resume = true;
        options.seed = 77;
        CHECK_THROWS_AS(train(experiment, options), Error);
    }
}

namespace {
struct Killed {};
} // namespace

TEST_CASE("a run that was killed resumes to the same bytes", "[nn][train]") {
    const Folder folder;
    const bool several = GENERATE(false, true);
    const Experiment experiment =
        read_experiment(write_rings(folder.path, several ? R"(,"polish":20,"ramps":3)" : R"(,"polish":20)"));
    TrainOptions options;
    options.run = folder.path / "whole";
    options.threads = 1;
    options.save_seconds = 0.0;
    int reports = 0;
    options.progress = [&](const Progress&) { ++reports; };
    const Front whole = train(experiment, options);
    REQUIRE(reports >= (several ? 74 : 26)); // 24 evaluations each, then points polished

    options.run = folder.path / "killed";
    options.threads = GENERATE(1U, 2U);
    const int last = several ? GENERATE_COPY(40, reports) : GENERATE_COPY(9, reports - 1, reports);
    INFO("ramps " << (several ? 3 : 1) << ", threads " << options.threads << ", killed at report " << last << " of "
                  << reports);
    int seen = 0;
    options.progress = [&](const Progress&) {
        if (++seen == last) throw Killed{}; // after the point was written, before the state was
    };
    CHECK_THROWS_AS(train(experiment, options), Killed);
    options.progress = nullptr;
    options.resume = true;
    train(experiment, options);
    CHECK(bytes_of_run(options.run) == bytes_of_run(folder.path / "whole"));
    std::size_t files = 0;
    for ([[maybe_unused]] const auto& entry : fs::directory_iterator(options.run / "points"))
        ++files;
    std::set<std::string> named;
    for (const Point& point : with_checkpoint(read_front(options.run)))
        named.insert(point.checkpoint);
    CHECK(files == named.size()); // nothing left over
    CHECK_FALSE(fs::exists(options.run / "ramps"));
}

TEST_CASE("ramps of several seeds make one front", "[nn][train]") {
    const Folder folder;
    const Experiment experiment = read_experiment(write_rings(folder.path, ""));
    TrainOptions options;
    options.threads = 1;
    std::vector<Front> alone;
    for (const std::uint64_t seed : {4, 5}) {
        options.seed = seed;
        options.run = folder.path / ("alone" + std::to_string(seed));
        alone.push_back(train(experiment, options));
    }
    options.seed = 4;
    options.ramps = 2;
    options.run = folder.path / "both";
    std::set<std::size_t> reported;
    options.progress = [&](const Progress& progress) {
        if (progress.epochs == 0) return; // what data there are
        CHECK(progress.ramps == 2);
        reported.insert(progress.ramp);
    };
    const Front both = train(experiment, options);
    CHECK(reported == std::set<std::size_t>{1, 2});

    REQUIRE(both.history.size() == alone[0].history.size() + alone[1].history.size());
    Front expected = alone[0];
    for (const Point& point : alone[1].history)
        add(expected, point);
    form(expected);
    REQUIRE(both.points.size() == expected.points.size());
    std::size_t from_second = 0;
    for (std::size_t i = 0; i < both.points.size(); ++i) {
        CHECK(both.points[i].ebops == expected.points[i].ebops);
        CHECK(both.points[i].metric == expected.points[i].metric);
        CHECK(both.points[i].expected == expected.points[i].expected);
        const model::Model model = Freezer(options.run).freeze({rule_of(both.points[i].ebops), std::nullopt});
        CHECK(model.facts.at("validation") == both.points[i].metric);
        CHECK(model.facts.at("ebops") == both.points[i].ebops);
        from_second += both.points[i].checkpoint.starts_with("2_") ? 1 : 0;
    }
    CHECK(from_second > 0);
    CHECK(from_second < both.points.size());
    CHECK_FALSE(fs::exists(options.run / "ramps"));

    SECTION("any number of threads gives the same bytes") {
        TrainOptions more = options;
        more.run = folder.path / "both3";
        more.threads = 3;
        train(experiment, more);
        CHECK(bytes_of_run(more.run) == bytes_of_run(options.run));
    }
    SECTION("a second ramp joins a finished run") {
        TrainOptions later = options;
        later.run = folder.path / "alone4";
        later.resume = true;
        later.progress = nullptr;
        train(experiment, later);
        CHECK(bytes_of_run(later.run) == bytes_of_run(options.run));
        later.ramps = std::nullopt; // what was said before holds
        train(experiment, later);
        CHECK(bytes_of_run(later.run) == bytes_of_run(options.run));
    }
}

namespace {
Json without_checkpoint(Point point) { // others may keep it from the front later
    point.checkpoint.clear();
    return to_json(point);
}
} // namespace

TEST_CASE("polish improves the front and leaves the training as it is", "[nn][train][polish]") {
    const Folder folder;
    TrainOptions options;
    options.threads = 1;
    options.run = folder.path / "plain";
    const Front plain = train(read_experiment(write_rings(folder.path, "")), options);
    options.run = folder.path / "polished";
    const Front polished = train(read_experiment(write_rings(folder.path, R"(,"polish":3)")), options);
    REQUIRE(polished.history.size() >= plain.history.size() + 12); // six lambdas each
    for (std::size_t i = 0; i < plain.history.size(); ++i)
        CHECK(without_checkpoint(polished.history[i]) == without_checkpoint(plain.history[i]));
    for (const Point& point : plain.points) // nothing got worse
        CHECK(pick(polished, rule_of(point.ebops)).expected >= point.expected);
    CHECK(std::any_of(polished.points.begin(), polished.points.end(),
                      [](const Point& point) { return point.checkpoint.find('p') < point.checkpoint.find('.'); }));
    for (const Point& point : polished.points) { // what was kept is what was counted
        const model::Model model = Freezer(options.run).freeze({rule_of(point.ebops), std::nullopt});
        CHECK(model.facts.at("validation") == point.metric);
        CHECK(model.facts.at("ebops") == point.ebops);
    }
    options.run = folder.path / "plain"; // afterwards: the same
    options.polish = 3;
    options.resume = true;
    train(read_experiment(write_rings(folder.path, "")), options);
    CHECK(bytes_of_run(options.run) == bytes_of_run(folder.path / "polished"));
}

TEST_CASE("points worth polishing are spread over the front", "[nn][polish]") {
    Front front;
    for (const double ebops : {100.0, 105.0, 200.0, 400.0, 800.0, 1600.0}) {
        Point point;
        point.ebops = point.metric = ebops;
        point.beta = ebops == 800.0 ? 0.0 : 1e-4; // trained without any pressure
        front.points.push_back(point);
    }
    const auto costs = [&](std::size_t most) {
        std::vector<double> list;
        for (const Point& point : worth_polishing(front, most))
            list.push_back(point.ebops);
        return list;
    };
    CHECK(costs(9) == std::vector<double>{100, 400, 200, 1600, 105}); // what lies between comes last
    CHECK(costs(4) == std::vector<double>{100, 400, 200, 1600});
    CHECK(costs(2) == std::vector<double>{100, 400});
    CHECK(costs(0).empty());

    // What would be the front without these comes next; not what was polished, has no checkpoint or is dominated there.
    const auto remember = [&](double ebops, double metric, const std::string& checkpoint, bool polished) {
        Point point;
        point.ebops = ebops;
        point.metric = point.expected = metric;
        point.beta = 1e-4;
        point.checkpoint = checkpoint;
        point.polished = polished;
        front.history.push_back(point);
    };
    front.points.back().checkpoint = "kept";
    remember(1600, 1600, "kept", false); // the front's
    remember(500, 350, "a", false);
    remember(300, 150, "b", false);
    remember(350, 120, "c", false);
    remember(250, 190, "p", true);
    remember(240, 180, "", false);
    CHECK(costs(20) == std::vector<double>{100, 400, 200, 1600, 105, 300, 500, 350});
    CHECK(costs(7) == std::vector<double>{100, 400, 200, 1600, 105, 300, 500});
}

TEST_CASE("held-out labels are written as the data name them", "[nn][train]") {
    const Folder folder;
    const auto path = write_rings(folder.path, "");
    std::string csv = read_file(folder.path / "rings.csv");
    for (const auto& [word, number] : {std::pair{"outer", "7"}, std::pair{"inner", "5"}}) {
        for (std::size_t at = csv.find(word); at != std::string::npos; at = csv.find(word))
            csv.replace(at, 5, number);
    }
    write_file(folder.path / "rings.csv", csv);
    Json json = read_json(path);
    json["training"]["epochs"] = json["training"]["float_epochs"] = 2;
    json["training"]["beta"] = parse_json(R"([{"epoch":0,"beta":1e-7}])", "test");
    write_file(path, json.dump());
    TrainOptions options;
    options.run = folder.path / "run";
    train(read_experiment(path), options);
    for (const double label : data::read_npy(options.run / "test_y.npy").values)
        CHECK((label == 5.0 || label == 7.0));
}

TEST_CASE("the controller steers EBOPs to its target", "[nn][train]") {
    const Folder folder;
    const Experiment experiment = read_experiment(write_rings(folder.path, R"(,"target_warmup":20)"));
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const double before = [&] {
        TrainOptions plain = options;
        plain.run = folder.path / "plain";
        return train(experiment, plain).history.front().ebops;
    }();
    options.target_ebops = before / 4;
    const Front front = train(experiment, options);
    CHECK(front.history.back().ebops > *options.target_ebops / 2);
    CHECK(front.history.back().ebops < *options.target_ebops * 2);
}

TEST_CASE("a collapse is noticed, reported and taken back", "[nn][train]") {
    const Folder folder;
    // A beta far beyond reason half-way kills the network.
    const auto path = write_rings(folder.path, "");
    Json json = read_json(path);
    json["training"]["beta"] = parse_json(R"([{"epoch":40,"beta":1e-6},{"epoch":50,"beta":10}])", "test");
    json["training"]["learning_rate"] = 0.1;
    write_file(path, json.dump());
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    std::vector<std::string> events;
    options.progress = [&](const Progress& p) {
        if (p.epochs > 0 && !p.event.empty()) events.push_back(p.event);
    };
    const Front front = train(read_experiment(path), options);
    REQUIRE(!events.empty());
    CHECK(front.events == events);
    CHECK_THAT(events.back(), Catch::Contains("training ends"));
    CHECK(pick(front, "best").metric > 0.85); // what was good before is still there
}

TEST_CASE("a network that starts with one bit everywhere still trains", "[nn][train]") {
    const Folder folder;
    const auto path = write_rings(folder.path, "");
    Json json = read_json(path);
    json["quantizers"] = parse_json(R"({"kernel":{"bits":1},"bias":{"bits":1},"activation":{"bits":1}})", "test");
    json["training"]["beta"] = parse_json(R"([{"epoch":0,"beta":1e-7}])", "test");
    write_file(path, json.dump());
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = train(read_experiment(path), options);
    CHECK(pick(front, "best").metric > 0.85);
}

TEST_CASE("mistakes in an experiment are named with file and key", "[nn][experiment]") {
    const Folder folder;
    const auto message = [&](const std::string& text) {
        write_file(folder.path / "e.json", text);
        try {
            TrainOptions options;
            options.run = folder.path / "run";
            train(read_experiment(folder.path / "e.json"), options);
        } catch (const Error& error) {
            return std::string(error.what());
        }
        return std::string("no error");
    };
    write_file(folder.path / "d.csv", "a,b,c\n1,2,x\n3,4,y\n2,1,x\n5,4,y\n3,4,x\n5,6,y\n1,2,x\n3,4,y\n2,1,x\n5,4,y\n");
    const std::string data = R"("data":{"train":{"features":"d.csv"}})";
    CHECK_THAT(message(R"({"layers":[]})"), Catch::Contains("data"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"dense","unit":2}]})"),
               Catch::Contains("layers[0]") && Catch::Contains("units"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"dens","units":2}]})"),
               Catch::Contains("did you mean 'dense'"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"dense","units":2,"activaton":"relu"}]})"),
               Catch::Contains("did you mean 'activation'"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"dense","units":3}]})"),
               Catch::Contains("3 outputs") && Catch::Contains("need 2"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"dense","units":2,"inputs":["inpt"]}]})"),
               Catch::Contains("did you mean 'input'"));
    CHECK_THAT(message("{" + data + R"(,"trainin":{},"layers":[{"type":"dense","units":2}]})"),
               Catch::Contains("did you mean 'training'"));
    CHECK_THAT(message("{" + data + R"(,"layers":[{"type":"relu"},{"type":"dense","units":2}]})"),
               Catch::Contains("standardise"));
    CHECK_THAT(message(R"({"data":{"train":{"features":"none.csv"}},"layers":[{"type":"dense","units":2}]})"),
               Catch::Contains("none.csv"));
    CHECK_FALSE(fs::exists(folder.path / "run" / "experiment.json"));
}
