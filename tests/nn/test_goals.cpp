// What a run may be asked for: weights of classes, rows and targets, several outputs, other metrics, an early end.
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "nn/engine.hpp"
#include "nn/experiment.hpp"
#include "nn/front.hpp"
#include "nn/pick.hpp"
#include "nn/search.hpp"
#include "nn/train.hpp"
#include "nn/trainer.hpp"

#include <catch2/catch.hpp>
#include <cmath>
#include <unistd.h>

using namespace bitgrain;
using namespace bitgrain::nn;
namespace fs = std::filesystem;

namespace {

struct Folder {
    fs::path path = fs::temp_directory_path() / ("bitgrain-goals-" + std::to_string(::getpid()));
    Folder() { fs::remove_all(path); }
    ~Folder() { fs::remove_all(path); }
};

/// a and b are noise, a shifted in the rare class; targets p (of a) and q (of b); w is the weight of the row. The class
/// column is left out for a regression.
Experiment experiment_of(const fs::path& folder, const std::string& source, const std::string& layers,
                         const std::string& training, const std::string& more = {}) {
    Random random(3);
    const bool classes = more.find("regression") == std::string::npos;
    std::string csv = std::string("a,b,w,p,q") + (classes ? ",class\n" : "\n");
    for (int r = 0; r < 300; ++r) {
        const double a = random.normal(), b = random.normal();
        const bool rare = r % 10 == 0;
        csv += std::to_string(a + (rare ? 2.0 : 0.0)) + "," + std::to_string(b) + "," + (rare ? "9" : "1") + "," +
               std::to_string(100.0 + 5.0 * a) + "," + std::to_string(-b) + (classes ? rare ? ",rare" : ",usual" : "") +
               "\n";
    }
    write_file(folder / "table.csv", csv);
    write_file(folder / "experiment.json",
               R"({"name":"goals","data":{"train":{"features":"table.csv",)" + source + R"(}},"layers":)" + layers +
                   R"(,"training":{"epochs":40,"float_epochs":30,"batch":64,"evaluate_every":2,
        "learning_rate":0.01,"beta":[{"epoch":0,"beta":1e-7}])" +
                   training + "}" + more + "}");
    return read_experiment(folder / "experiment.json");
}

const std::string two_classes = R"([{"type":"dense","units":2}])";
/// Two heads on one trunk, concatenated.
const std::string two_heads = R"([{"type":"dense","name":"trunk","units":8,"activation":"relu"},
    {"type":"dense","name":"p","units":1}, {"type":"dense","name":"q","units":1,"inputs":["trunk"]},
    {"type":"concat","inputs":["p","q"]}])";

std::string error_of(const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("the loss and its gradient follow the weights of rows and targets", "[nn][loss]") {
    const Loss classes{Loss::Kind::cross_entropy, 2};
    const Loss regression{Loss::Kind::squared_error, 2, 0.0, {0.5, 1.5}};
    Rows<double> rows;
    rows.count = 2;
    rows.labels = {0, 1};
    rows.target_size = 2;
    rows.targets = {0, 0, 0, 0};
    const std::vector<std::uint32_t> order{0, 1};
    std::vector<double> z(2 * tile_rows, 0.0), plain(z.size()), weighted(z.size());
    z[0] = 1.0;
    z[1] = 2.0;
    z[tile_rows] = 3.0;
    classes.apply(rows, order, 2, tile_rows, z.data(), plain.data());
    regression.apply(rows, order, 2, tile_rows, z.data(), weighted.data());
    CHECK(weighted[0] == 2.0 * 1.0 * 0.25 * 0.5);
    CHECK(weighted[tile_rows] == 2.0 * 3.0 * 0.25 * 1.5);
    rows.weights = {0.5, 1.5};
    classes.apply(rows, order, 2, tile_rows, z.data(), weighted.data());
    CHECK(weighted[0] == 0.5 * plain[0]);
    CHECK(weighted[1] == 1.5 * plain[1]);
    const double base =
        Loss{Loss::Kind::squared_error, 2}
            .apply(Rows<double>{2, 0, {}, {}, {0, 0, 0, 0}, 2, {}}, order, 2, tile_rows, z.data(), plain.data())
            .loss;
    CHECK(base == 0.5 * (1.0 + 9.0 + 4.0));
    rows.weights = {2.0, 1.0};
    CHECK(regression.apply(rows, order, 2, tile_rows, z.data(), plain.data()).loss ==
          0.5 * (2.0 * (0.5 + 1.5 * 9.0) + 0.5 * 4.0));
}

TEST_CASE("a smoothed label is a label mixed with all classes", "[nn][loss]") {
    Rows<double> rows;
    rows.count = 1;
    std::vector<double> z(4 * tile_rows, 0.0), smoothed(z.size()), gradient(z.size());
    for (std::size_t o = 0; o < 4; ++o)
        z[o * tile_rows] = 0.25 * static_cast<double>(o * o);
    rows.labels = {2};
    const std::vector<std::uint32_t> order{0};
    const double loss =
        Loss{Loss::Kind::cross_entropy, 4, 0.25}.apply(rows, order, 1, tile_rows, z.data(), smoothed.data()).loss;
    // The loss is linear in the label: 3/4 of it, and 1/16 of each class.
    double expected = 0.0;
    std::vector<double> mixed(z.size(), 0.0);
    for (std::int32_t label = 0; label < 4; ++label) {
        rows.labels = {label};
        const double share = label == 2 ? 0.75 + 0.0625 : 0.0625;
        expected +=
            share * Loss{Loss::Kind::cross_entropy, 4}.apply(rows, order, 1, tile_rows, z.data(), gradient.data()).loss;
        for (std::size_t o = 0; o < 4; ++o)
            mixed[o * tile_rows] += share * gradient[o * tile_rows];
    }
    CHECK(loss == Approx(expected).epsilon(1e-14));
    for (std::size_t o = 0; o < 4; ++o)
        CHECK(smoothed[o * tile_rows] == Approx(mixed[o * tile_rows]).epsilon(1e-13).margin(1e-15));
}

TEST_CASE("class weights and row weights multiply, with mean one", "[nn][loss]") {
    const Folder folder;
    const Experiment e =
        experiment_of(folder.path, R"("label":"class","weight":"w")", two_classes, R"(,"class_weights":{"rare":2})");
    const Data data = load_data(e);
    CHECK(data.train.features_per_row() == 4); // a, b, p, q: the weight is no feature
    const TrainingRows rows = make_rows(data, e.training.class_weights);
    double sum = 0.0;
    for (std::size_t r = 0; r < data.train.rows; ++r) {
        sum += rows.train.weights[r];
        const bool rare = data.train.class_names[static_cast<std::size_t>(data.train.labels[r])] == "rare";
        CHECK(rows.train.weights[r] / rows.train.weights[0] ==
              Approx((rare ? 18.0 : 1.0) / (data.train.labels[0] == 0 ? 18.0 : 1.0)));
    }
    CHECK(sum == Approx(static_cast<double>(data.train.rows)));
    ClassWeights unknown;
    unknown.given = {{"rar", 2.0}};
    CHECK(error_of([&] { make_rows(data, unknown); }).find("rare") != std::string::npos);

    ClassWeights balanced;
    balanced.balanced = true;
    const TrainingRows even = make_rows(data, balanced);
    std::vector<double> totals(2, 0.0);
    for (std::size_t r = 0; r < data.train.rows; ++r)
        totals[static_cast<std::size_t>(data.train.labels[r])] += even.train.weights[r];
    CHECK(totals[0] == Approx(totals[1]));
}

TEST_CASE("a front is kept on the AUC when the experiment says so", "[nn][train]") {
    const Folder folder;
    const Experiment e = experiment_of(folder.path, R"("label":"class","weight":"w")", two_classes,
                                       R"(,"class_weights":"balanced")", R"(,"metric":"auc")");
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = train(e, options);
    CHECK(front.metric_name == "auc");
    CHECK(front.higher_is_better);
    CHECK(front.float_metric > 0.6);
    const model::Model model = Freezer(options.run).freeze({"auc>=0.5", std::nullopt, false});
    CHECK(model.facts.at("validation") == pick(front, "auc>=0.5").metric);
    CHECK(model.facts.at("test_details").contains("AUC rare"));
    CHECK(model.facts.at("test_details").contains("accuracy"));
}

TEST_CASE("two heads are trained on two targets and judged by their resolution", "[nn][train]") {
    const Folder folder;
    const Experiment e = experiment_of(folder.path, R"("targets":["p","q"])", two_heads, R"(,"target_weights":[1,3])",
                                       R"(,"task":"regression","metric":"resolution","metric_cutoff":4)");
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = train(e, options);
    CHECK(front.metric_name == "resolution");
    CHECK(!front.higher_is_better);
    CHECK(front.float_metric < 1.0); // p alone has a deviation of 5
    const model::Model model = Freezer(options.run).freeze({});
    CHECK(model.facts.at("validation") == pick(front, "best").metric);
    CHECK(model.facts.at("test_details").contains("share within the cutoff"));
    const Data data = load_data(e);
    CHECK(score(model, data.test).metric_name == "resolution");
}

TEST_CASE("early stopping ends a run whose front no longer moves", "[nn][train]") {
    const Folder folder;
    const Experiment e =
        experiment_of(folder.path, R"("label":"class")", two_classes,
                      R"(,"learning_rate_floor":1e-9,"restart_epochs":10,"restart_decay":1e-6,"patience":8)");
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = train(e, options);
    std::int64_t moved = 0;
    for (const Point& point : front.points)
        moved = std::max(moved, point.epoch);
    REQUIRE(!front.history.empty());
    CHECK(front.history.back().epoch < 39);
    CHECK(front.history.back().epoch - moved <= 8);
    const std::string before = read_file(options.run / "front.json");
    options.resume = true;
    train(e, options);
    CHECK(read_file(options.run / "front.json") == before);
}

TEST_CASE("a metric or weight that does not fit the task is refused", "[nn][experiment]") {
    const Folder folder;
    const auto refused = [&](const std::string& source, const std::string& training, const std::string& more) {
        return error_of([&] {
            const Experiment e = experiment_of(folder.path, source, two_classes, training, more);
            loss_of(e, load_data(e));
        });
    };
    CHECK(refused(R"("label":"class")", "", R"(,"metric":"rms")").find("accuracy or auc") != std::string::npos);
    CHECK(refused(R"("label":"class")", R"(,"target_weights":[1,2])", "").find("regression") != std::string::npos);
    CHECK(refused(R"("label":"class")", R"(,"class_weights":"even")", "").find("balanced") != std::string::npos);
    CHECK(refused(R"("targets":["p"])", "", R"(,"task":"regression","metric":"resolution")").find("metric_cutoff") !=
          std::string::npos);
    CHECK(refused(R"("label":"class","weight":"a")", "", "").find("not positive") != std::string::npos);
}

TEST_CASE("a search over widths leaves a front that freezes, the same for each run", "[nn][search]") {
    const Folder folder;
    const auto kind = GENERATE(Search::network, Search::layers);
    const Experiment e = experiment_of(folder.path, R"("label":"class")",
                                       R"([{"type":"dense","units":4,"activation":"relu"},{"type":"dense","units":2}])",
                                       "", R"(,"search":{"widths":[2,5],"trials":9})");
    TrainOptions options;
    options.run = folder.path / "run";
    options.threads = 1;
    const Front front = search(e, options, kind);
    REQUIRE(!front.points.empty());
    CHECK(front.history.size() == (kind == Search::network ? 2 : 12)); // nine trials, the best three of them again
    const model::Model model = Freezer(options.run).freeze({});
    CHECK(model.facts.at("validation") == pick(front, "best").metric);
    CHECK(model.facts.at("ebops") == pick(front, "best").ebops);
    for (const model::Step& step : model.steps) {
        const auto* cast = std::get_if<model::Cast>(&step.op);
        if (cast == nullptr) continue;
        for (const fx::Cast& c : cast->casts)
            CHECK(c.format.width() - (c.format.sign ? 1 : 0) <= 5);
    }
    TrainOptions again = options;
    again.run = folder.path / "again";
    again.threads = 2;
    CHECK(to_json(search(e, again, kind)) == to_json(front));
    options.resume = true;
    CHECK_THROWS_AS(search(e, options, kind), Error);
}

TEST_CASE("every experiment of the examples is read", "[nn][experiment]") {
    std::size_t read = 0;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(BITGRAIN_SOURCE_DIR) / "examples")) {
        if (entry.path().extension() != ".json") continue;
        INFO(entry.path());
        const Experiment e = read_experiment(entry.path());
        InputFacts facts{{e.name == "fashion_mnist" ? 784U : 64U}, std::nullopt, true};
        if (!e.shape.empty()) facts.shape = e.shape;
        CHECK(build_network(e.layers(), e.quantizers, facts, 10, 1)->weights() > 0);
        ++read;
    }
    CHECK(read == 3);
}
