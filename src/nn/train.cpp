#include "nn/train.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/collapse.hpp"
#include "nn/compact_trainer.hpp"
#include "nn/front.hpp"
#include "nn/run_folder.hpp"

#include <chrono>
#include <cmath>

namespace bitgrain::nn {

namespace {

/// Roll-backs before a run gives up and keeps the front it has.
constexpr int most_collapses = 3;

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

/// What a run continues from.
struct Progressing {
    std::int64_t epoch = 0; ///< next one
    double seconds = 0.0;   ///< spent so far, in all sessions
    int collapses = 0;
};

/// The whole state of a run between two epochs. Integers that float cannot hold are in the head.
Checkpoint state_of(CompactTrainer& trainer, const Front& front, const Ramp& ramp, const Progressing& at) {
    const CompactTrainer::State now = trainer.state();
    Checkpoint state;
    state.head = {{"next_epoch", at.epoch}, {"seconds", at.seconds},   {"collapses", at.collapses},
                  {"steps", now.steps},     {"ramp", ramp.to_json()},  {"front", to_json(front)},
                  {"live", now.live},       {"needed_before", nullptr}};
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
    return {state.head.at("next_epoch").get<std::int64_t>(), state.head.at("seconds").get<double>(),
            state.head.at("collapses").get<int>()};
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
    const Json old = resumes ? read_json(folder.experiment()) : Json::object();
    if (options.seed) settings.seed = *options.seed;
    if (options.minutes) settings.minutes = options.minutes;
    std::optional<double> target = options.target_ebops;
    if (resumes) { // what the command line said when the run was started still holds
        const Json& training = old.at("training");
        if (!settings.minutes && training.contains("minutes")) settings.minutes = training.at("minutes").get<double>();
        if (!target && training.contains("target_ebops")) target = training.at("target_ebops").get<double>();
    }
    if (target) settings.controller.target = *target;
    Json kept = experiment.json;
    kept["training"]["seed"] = settings.seed;
    if (settings.minutes) kept["training"]["minutes"] = *settings.minutes;
    if (target) kept["training"]["target_ebops"] = *target;
    if (resumes && old != kept) {
        throw Error("the run was started with another experiment or seed", folder.experiment().string(),
                    "train into another folder");
    }

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
    std::vector<std::string> removed;
    const double seconds_before = at.seconds;
    const auto save = [&] {
        at.seconds = seconds_before + seconds_since(start);
        write_checkpoint(folder.state(), state_of(trainer, front, ramp, at));
        for (const std::string& name : removed)
            std::filesystem::remove(folder.points() / name);
        removed.clear();
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
    // Whether a multiple of the period lies between two positions.
    const auto passes = [](double before, double now, double period) {
        return std::floor(before / period + 1e-9) != std::floor(now / period + 1e-9);
    };
    const auto keep = [&](Point point, const std::string& name, const std::vector<float>& values) {
        front.history.push_back(point);
        point.checkpoint = name + ".ckpt";
        if (insert(front, point, removed)) {
            write_checkpoint(folder.points() / point.checkpoint, {{{"epoch", point.epoch}}, {{"values", values}}});
        }
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
        if (settings.minutes) left = 60.0 * *settings.minutes - seconds_before - seconds_since(start);
        ramp.advance(result.ebops, left, per_epoch);
        const bool broken = !std::isfinite(result.loss);
        const auto now = ramp.position();
        const bool polishes = settings.polish > 0.0 && beta > 0.0 &&
                              (ramp.finished() || passes(before, now, settings.learning_rate.period));
        if (!broken && !ramp.finished() && !polishes &&
            !passes(before, now, static_cast<double>(settings.evaluate_every)))
            continue;

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
            keep(point, std::to_string(epoch), good.values);
            trainer.compact(evaluation);
            if (polishes) { // a point of its own: training goes on from where it was, with the widths' headroom
                const CompactTrainer::State trained = trainer.state();
                const double task_loss = point.loss;
                trainer.trainer().polish(beta, settings.polish * settings.learning_rate.period);
                evaluation = trainer.trainer().evaluate(epoch, beta);
                point.loss = task_loss;
                guard.judge(evaluation, task_loss); // which it sees again when the run is resumed
                keep(point, std::to_string(epoch) + "p", trainer.state().values);
                trainer.restore(trained);
            }
        }
        if (options.progress) {
            const double remaining =
                left.value_or(per_epoch * (static_cast<double>(settings.epochs) - ramp.position()));
            const auto done = static_cast<std::int64_t>(ramp.position());
            options.progress({done, settings.epochs, point.loss, point.metric, point.ebops, beta, point.live_weights,
                              front.weights, seconds_since(start), std::max(remaining, 0.0), front.points.size(),
                              event});
        }
        loss_sum = 0.0;
        loss_epochs = 0;
        if (seconds_since(saved) >= options.save_seconds) {
            save();
            saved = Clock::now();
        }
    }
    save();
    if (front.points.empty()) {
        throw Error("the network never worked: " +
                        (front.events.empty() ? std::string("no evaluation") : front.events.front()),
                    experiment.file.string(), "lower training.learning_rate or training.beta");
    }
    return front;
}

} // namespace bitgrain::nn
