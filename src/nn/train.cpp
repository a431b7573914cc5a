#include "nn/train.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/collapse.hpp"
#include "nn/compact_trainer.hpp"
#include "nn/front.hpp"
#include "nn/polish_front.hpp"
#include "nn/run_folder.hpp"

#include <chrono>
#include <cmath>

namespace bitgrain::nn {

namespace {

/// Roll-backs before a run gives up and keeps the front it has.
constexpr int most_collapses = 3;
/// Of a time budget, for polishing the front.
constexpr double polish_share = 0.4;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a run continues from.
struct Progressing {
    std::int64_t epoch = 0; ///< next one
    double seconds = 0.0;   ///< spent so far, in all sessions
    int collapses = 0;
    std::optional<std::vector<Point>> to_polish = std::nullopt; ///< once training has ended
    std::size_t polished = 0;                                   ///< of them
};

/// The whole state of a run between two epochs. Integers that float cannot hold are in the head.
Checkpoint state_of(CompactTrainer& trainer, const Front& front, const Ramp& ramp, const Progressing& at) {
    const CompactTrainer::State now = trainer.state();
    Checkpoint state;
    state.head = {{"next_epoch", at.epoch}, {"seconds", at.seconds},    {"collapses", at.collapses},
                  {"steps", now.steps},     {"ramp", ramp.to_json()},   {"front", to_json(front)},
                  {"live", now.live},       {"needed_before", nullptr}, {"polished", at.polished},
                  {"to_polish", nullptr}};
    if (at.to_polish) {
        state.head["to_polish"] = Json::array();
        for (const Point& point : *at.to_polish)
            state.head["to_polish"].push_back(to_json(point));
    }
    if (now.needed_before) state.head["needed_before"] = *now.needed_before;
    state.arrays = {{"values", now.values}, {"mean", now.mean}, {"square", now.square}};
    return state;
}

Progressing restore(const std::filesystem::path& path, CompactTrainer& trainer, Front& front, Ramp& ramp) {
    Checkpoint state = read_checkpoint(path);
    for (const auto& [name, values] : state.arrays) {
        if (values.size() != trainer.whole().parameters.values().size()) {
            throw Error("belongs to another network", path.string(),
                        "the experiment was changed: train into another folder");
        }
    }
    CompactTrainer::State now{state.arrays.at(0).second,         state.arrays.at(1).second,
                              state.arrays.at(2).second,         state.head.at("steps").get<std::int64_t>(),
                              state.head.at("live").get<Live>(), std::nullopt};
    if (const Json& before = state.head.at("needed_before"); !before.is_null()) now.needed_before = before.get<Live>();
    trainer.restore(now);
    front = front_from_json(state.head.at("front"), path.string());
    ramp.restore(state.head.at("ramp"));
    Progressing at{state.head.at("next_epoch").get<std::int64_t>(), state.head.at("seconds").get<double>(),
                   state.head.at("collapses").get<int>()};
    at.polished = state.head.value("polished", std::size_t{0});
    if (const Json& points = state.head.value("to_polish", Json()); !points.is_null()) {
        at.to_polish.emplace();
        for (const JsonReader& point : JsonReader(points, path.string()).elements())
            at.to_polish->push_back(point_from_json(point));
    }
    return at;
}

} // namespace

Front train(const Experiment& experiment, const TrainOptions& options) {
    const auto start = Clock::now();
    RunFolder folder(options.run);
    const bool resumes = options.resume && std::filesystem::exists(folder.state());
    if (!options.resume && std::filesystem::exists(folder.experiment())) {
        throw Error("the folder holds a run already", options.run.string(),
                    "continue it with --resume, or choose another folder");
    }
    TrainingSettings settings = experiment.training;
    Json old = resumes ? read_json(folder.experiment()) : Json::object();
    if (options.seed) settings.seed = *options.seed;
    if (options.minutes) settings.minutes = options.minutes;
    if (options.polish) settings.polish = *options.polish;
    std::optional<double> target = options.target_ebops;
    if (resumes) { // what the command line said when the run was started still holds
        const Json& training = old.at("training");
        if (!settings.minutes && training.contains("minutes")) settings.minutes = training.at("minutes").get<double>();
        if (!options.polish && training.contains("polish")) settings.polish = training.at("polish").get<std::size_t>();
        if (!target && training.contains("target_ebops")) target = training.at("target_ebops").get<double>();
    }
    if (target) settings.controller.target = *target;
    Json kept = experiment.json;
    kept["training"]["seed"] = settings.seed;
    if (settings.minutes) kept["training"]["minutes"] = *settings.minutes;
    if (target) kept["training"]["target_ebops"] = *target;
    if (resumes) old["training"].erase("polish"); // comes after all else, so it may change
    kept["training"].erase("polish");
    if (resumes && old != kept) {
        throw Error("the run was started with another experiment or seed", folder.experiment().string(),
                    "train into another folder");
    }

    if (settings.polish > 0) kept["training"]["polish"] = settings.polish;

    const Data data = load_data(experiment);
    const TrainingRows rows = make_rows(data, settings.class_weights);
    const Loss loss = loss_of(experiment, data);
    Workers workers(options.threads);
    const InputFacts facts = input_facts(experiment, data);
    CompactTrainer trainer(experiment, settings, facts, rows, loss, workers);

    write_file(folder.experiment(), kept.dump(2) + "\n");
    write_test_rows(folder, data.test);

    Front front;
    Ramp ramp(settings.beta, static_cast<double>(settings.epochs), settings.controller);
    Progressing at;
    if (resumes) {
        at = restore(folder.state(), trainer, front, ramp);
    } else {
        front.metric_name = experiment.metric.name();
        front.higher_is_better = experiment.metric.higher_is_better();
        front.weights = trainer.whole().weights();
        if (settings.float_epochs > 0) {
            trainer.trainer().train_float(settings.float_epochs);
            front.float_metric = trainer.trainer().float_metric(false);
            front.float_test_metric = trainer.trainer().float_metric(true);
        }
        adapt_widths(trainer.whole(), rows.all, workers);
    }

    // Checkpoints that left the front are removed only after the state that no longer names them is on the disk: a
    // killed run finds every file its state speaks of.
    const double seconds_before = at.seconds;
    const auto seconds = [&] { return seconds_before + seconds_since(start); };
    const auto save = [&] {
        at.seconds = seconds();
        write_checkpoint(folder.state(), state_of(trainer, front, ramp, at));
        std::vector<Point> needed = front.points;
        if (at.to_polish)
            needed.insert(needed.end(), at.to_polish->begin() + static_cast<std::ptrdiff_t>(at.polished),
                          at.to_polish->end());
        folder.remove_points_except(needed);
        write_file(folder.front(), to_json(front).dump(1) + "\n");
    };

    CollapseGuard guard(front.higher_is_better, trainer.trainer().chance_metric());
    for (const Point& point : front.history)
        guard.judge({point, {}}, point.loss); // what a resumed run has seen
    CompactTrainer::State good = trainer.state();

    double loss_sum = 0.0;
    std::int64_t loss_epochs = 0;
    auto saved = Clock::now();
    const auto loop_start = Clock::now();
    const std::int64_t first = at.epoch;
    const double budget = 60.0 * settings.minutes.value_or(0.0);
    const double for_training = settings.polish > 0 ? (1.0 - polish_share) * budget : budget;
    // Whether a multiple of the period lies between two positions.
    const auto passes = [](double before, double now, double period) {
        return std::floor(before / period + 1e-9) != std::floor(now / period + 1e-9);
    };
    const auto keep = [&](const Point& point, const std::vector<float>& values) {
        front.history.push_back(point);
        front.history.back().checkpoint.clear();
        if (insert(front, point))
            write_checkpoint(folder.points() / point.checkpoint, {{{"epoch", point.epoch}}, {{"values", values}}});
    };
    // Points leave the front only for later ones, so the newest point tells when the front moved last.
    const auto tired = [&] {
        std::int64_t moved = 0;
        for (const Point& point : front.points)
            moved = std::max(moved, point.epoch + 1);
        return settings.patience && static_cast<double>(at.epoch - moved) >= *settings.patience;
    };
    while (!ramp.finished() && at.collapses <= most_collapses && !tired()) {
        const double before = ramp.position(), beta = ramp.beta();
        const std::int64_t epoch = at.epoch++;
        const StepResult result = trainer.trainer().epoch(epoch, before, beta);
        loss_sum += result.loss;
        ++loss_epochs;
        const double per_epoch = seconds_since(loop_start) / static_cast<double>(at.epoch - first);
        std::optional<double> left;
        if (settings.minutes) left = for_training - seconds();
        ramp.advance(result.ebops, left, per_epoch);
        const bool broken = !std::isfinite(result.loss);
        const auto now = ramp.position();
        if (!broken && !ramp.finished() && !passes(before, now, static_cast<double>(settings.evaluate_every))) continue;

        std::string event;
        Trainer::Evaluation evaluation;
        std::optional<std::string> trouble = "the loss is no longer a number";
        if (!broken) {
            evaluation = trainer.trainer().evaluate(epoch, beta);
            evaluation.point.loss = loss_sum / static_cast<double>(loss_epochs);
            trouble = guard.judge(evaluation, evaluation.point.loss);
        }
        Point& point = evaluation.point;
        if (trouble) {
            ++at.collapses;
            ramp.turn_down();
            trainer.restore(good);
            event = "epoch " + std::to_string(epoch) + ": " + *trouble + " at beta " + std::to_string(beta) +
                    "; back to the last good state, " +
                    (at.collapses > most_collapses ? "training ends" : "beta is halved");
            front.events.push_back(event);
        } else {
            good = trainer.state();
            point.checkpoint = std::to_string(epoch) + ".ckpt";
            keep(point, good.values);
            trainer.compact(evaluation);
        }
        if (options.progress) {
            const double remaining =
                left.value_or(per_epoch * (static_cast<double>(settings.epochs) - ramp.position()));
            const auto done = static_cast<std::int64_t>(ramp.position());
            options.progress({done, settings.epochs, point.loss, point.metric, point.ebops, beta, point.live_weights,
                              front.weights, seconds_since(start), std::max(remaining, 0.0), front.points.size(), 0, 0,
                              event});
        }
        loss_sum = 0.0;
        loss_epochs = 0;
        if (seconds_since(saved) >= options.save_seconds) {
            save();
            saved = Clock::now();
        }
    }
    if (!at.to_polish && settings.polish > 0) at.to_polish = worth_polishing(front, settings.polish);
    save();
    const std::vector<Point> to_polish = at.to_polish.value_or(std::vector<Point>{});
    const auto polish_start = Clock::now();
    const std::size_t polished_before = at.polished;
    FrontPolisher(options.threads,
                  [&](Workers& alone) {
                      return std::make_unique<CompactTrainer>(experiment, settings, facts, rows, loss, alone);
                  })
        .run(
            to_polish, at.polished,
            [&](const Point& point) { return read_checkpoint(folder.points() / point.checkpoint).arrays.at(0).second; },
            [&] { return settings.minutes && seconds() >= budget; },
            [&](const std::vector<PolishedPoint>& found) {
                for (const PolishedPoint& polished : found)
                    keep(polished.point, polished.values);
                ++at.polished;
                if (options.progress && !found.empty()) {
                    const Point& point = found.back().point;
                    const double each =
                        seconds_since(polish_start) / static_cast<double>(at.polished - polished_before);
                    options.progress({settings.epochs, settings.epochs, point.loss, point.metric, point.ebops,
                                      point.beta, point.live_weights, front.weights, seconds_since(start),
                                      each * static_cast<double>(to_polish.size() - at.polished), front.points.size(),
                                      at.polished, to_polish.size(), ""});
                }
                if (at.polished == to_polish.size() || seconds_since(saved) >= options.save_seconds) {
                    save();
                    saved = Clock::now();
                }
            });
    if (front.points.empty()) {
        throw Error("the network never worked: " +
                        (front.events.empty() ? std::string("no evaluation") : front.events.front()),
                    experiment.file.string(), "lower training.learning_rate or training.beta");
    }
    return front;
}

} // namespace bitgrain::nn
