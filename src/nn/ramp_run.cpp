#include "nn/ramp_run.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/collapse.hpp"
#include "nn/compact_trainer.hpp"
#include "nn/front.hpp"
#include "nn/ramp.hpp"

#include <cmath>

namespace bitgrain::nn {

namespace {

/// Roll-backs before a run gives up and keeps the front it has.
constexpr int most_collapses = 3;

/// What a ramp continues from.
struct Progressing {
    std::int64_t epoch = 0; ///< next one
    double seconds = 0.0;   ///< spent so far, in all sessions
    int collapses = 0;
    bool ended = false;
};

/// The whole state of a ramp between two epochs. Integers that float cannot hold are in the head.
Checkpoint state_of(CompactTrainer& trainer, const Front& front, const Ramp& ramp, const Progressing& at) {
    const CompactTrainer::State now = trainer.state();
    Checkpoint state;
    state.head = {{"next_epoch", at.epoch}, {"seconds", at.seconds},    {"collapses", at.collapses},
                  {"steps", now.steps},     {"ramp", ramp.to_json()},   {"front", to_json(front)},
                  {"live", now.live},       {"needed_before", nullptr}, {"ended", at.ended}};
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
            state.head.at("collapses").get<int>(), state.head.value("ended", false)};
}

} // namespace

RampResult run_ramp(const TrainingTask& task, const RunFolder& folder, Workers& workers, const RampOptions& options) {
    const auto start = Clock::now();
    const TrainingSettings& settings = task.settings;
    CompactTrainer trainer(task.experiment, settings, task.facts, task.rows, task.loss, workers);
    Front front;
    Ramp ramp(settings.beta, static_cast<double>(settings.epochs), settings.controller, options.stretch);
    Progressing at;
    if (options.resume) {
        at = restore(folder.state(), trainer, front, ramp);
    } else {
        front.metric_name = task.experiment.metric.name();
        front.higher_is_better = task.experiment.metric.higher_is_better();
        front.weights = trainer.whole().weights();
        if (settings.float_epochs > 0) {
            trainer.trainer().train_float(settings.float_epochs);
            front.float_metric = trainer.trainer().float_metric(false);
            front.float_test_metric = trainer.trainer().float_metric(true);
        }
        adapt_widths(trainer.whole(), task.rows.all, workers);
    }

    // Checkpoints that left the front are removed only after the state that no longer names them is on the disk: a
    // killed run finds every file its state speaks of.
    const double seconds_before = at.seconds;
    const auto seconds = [&] { return seconds_before + seconds_since(start); };
    const auto save = [&] {
        at.seconds = seconds();
        write_checkpoint(folder.state(), state_of(trainer, front, ramp, at));
        folder.remove_points_except(with_checkpoint(front));
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
    // Points leave the front only for later ones, so the newest point tells when the front moved last.
    const auto tired = [&] {
        std::int64_t moved = 0;
        for (const Point& point : front.points)
            moved = std::max(moved, point.epoch + 1);
        return settings.patience && static_cast<double>(at.epoch - moved) >= *settings.patience;
    };
    while (!at.ended && !ramp.finished() && at.collapses <= most_collapses && !tired()) {
        if (options.stop && options.stop()) return {std::move(front), seconds()};
        const double before = ramp.position(), beta = ramp.beta();
        const std::int64_t epoch = at.epoch++;
        const StepResult result = trainer.trainer().epoch(epoch, before, beta);
        loss_sum += result.loss;
        ++loss_epochs;
        const double per_epoch = seconds_since(loop_start) / static_cast<double>(at.epoch - first);
        std::optional<double> left;
        if (options.seconds) left = *options.seconds - seconds();
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
            keep(front, point, good.values, folder);
            trainer.compact(evaluation);
        }
        if (options.progress) {
            const double remaining =
                left.value_or(per_epoch * (static_cast<double>(settings.epochs) - ramp.position()));
            const auto done = static_cast<std::int64_t>(ramp.position());
            options.progress({done, settings.epochs, point.loss, point.metric, point.ebops, beta, point.live_weights,
                              front.weights, seconds_since(start), std::max(remaining, 0.0), front.points.size(), 0, 0,
                              1, 1, event});
        }
        loss_sum = 0.0;
        loss_epochs = 0;
        if (seconds_since(saved) >= options.save_seconds) {
            save();
            saved = Clock::now();
        }
    }
    at.ended = true;
    form(front);
    save();
    return {std::move(front), seconds()};
}

} // namespace bitgrain::nn
