#include "nn/train.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "nn/checkpoint.hpp"
#include "nn/front.hpp"
#include "nn/run_folder.hpp"
#include "nn/trainer.hpp"

#include <chrono>
#include <cmath>

namespace bitgrain::nn {

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

Loss loss_of(const Experiment& experiment, const Data& data) {
    if (experiment.regression) return {Loss::Kind::squared_error, data.train.target_size};
    return {Loss::Kind::cross_entropy, data.train.class_names.size()};
}

/// The whole state of a run between two epochs. Integers that float cannot hold are in the head.
Checkpoint state_of(const Network& network, Adam& adam, const Front& front, std::int64_t next_epoch) {
    Checkpoint state;
    state.head = {{"next_epoch", next_epoch}, {"steps", adam.steps()}, {"front", to_json(front)}};
    state.arrays = {{"values", network.parameters.values()}, {"mean", adam.mean()}, {"square", adam.square()}};
    return state;
}

std::int64_t restore(const std::filesystem::path& path, Network& network, Adam& adam, Front& front) {
    Checkpoint state = read_checkpoint(path);
    for (const auto& [name, values] : state.arrays) {
        if (values.size() != network.parameters.values().size()) {
            throw Error("belongs to another network", path.string(),
                        "the experiment was changed: train into another folder");
        }
    }
    network.parameters.values() = state.arrays.at(0).second;
    adam.mean() = state.arrays.at(1).second;
    adam.square() = state.arrays.at(2).second;
    adam.steps() = state.head.at("steps").get<std::int64_t>();
    front = front_from_json(state.head.at("front"), path.string());
    return state.head.at("next_epoch").get<std::int64_t>();
}

void write_test_rows(const RunFolder& folder, const data::Dataset& test) {
    if (test.rows == 0) return;
    data::Array x{{test.rows}, test.features, test.integral};
    x.shape.insert(x.shape.end(), test.feature_shape.begin(), test.feature_shape.end());
    data::write_npy(folder.file("test_x.npy"), x);
    data::Array y{{test.rows}, {}, test.target_size == 0};
    if (test.target_size > 0) {
        y.shape.push_back(test.target_size);
        y.values = test.targets;
    } else {
        y.values.assign(test.labels.begin(), test.labels.end());
    }
    data::write_npy(folder.file("test_y.npy"), y);
}

} // namespace

InputFacts input_facts(const Experiment& experiment, const Data& data) {
    InputFacts facts{data.train.feature_shape, std::nullopt, data.train.integral && data.validation.integral};
    if (experiment.standardise) facts.standardisation = data::standardise(data.train);
    return facts;
}

Front train(const Experiment& experiment, const TrainOptions& options) {
    const auto start = Clock::now();
    RunFolder folder(options.run);
    const bool resumes = options.resume && std::filesystem::exists(folder.state());
    if (!options.resume && std::filesystem::exists(folder.experiment())) {
        throw Error("the folder holds a run already", options.run.string(),
                    "continue it with --resume, or choose another folder");
    }
    TrainingSettings settings = experiment.training;
    if (options.seed) settings.seed = *options.seed;
    Json kept = experiment.json;
    kept["training"]["seed"] = settings.seed;
    if (resumes && read_json(folder.experiment()) != kept) {
        throw Error("the run was started with another experiment or seed", folder.experiment().string(),
                    "train into another folder");
    }

    const Data data = load_data(experiment);
    const TrainingRows rows = make_rows(data);
    const Loss loss = loss_of(experiment, data);
    Workers workers(options.threads);
    const auto network = build_network(experiment.layers(), experiment.quantizers, input_facts(experiment, data),
                                       loss.outputs, settings.seed);
    Trainer trainer(settings, *network, rows, loss, workers);

    write_file(folder.experiment(), kept.dump(2) + "\n");
    write_test_rows(folder, data.test);

    Front front;
    std::int64_t first = 0;
    if (resumes) {
        first = restore(folder.state(), *network, trainer.optimizer(), front);
    } else {
        front.metric_name = experiment.regression ? "rms" : "accuracy";
        front.higher_is_better = !experiment.regression;
        front.weights = network->weights();
        if (settings.float_epochs > 0) {
            trainer.train_float(settings.float_epochs);
            front.float_metric = trainer.float_metric(rows.all, rows.validation_first);
            front.float_test_metric = trainer.float_metric(rows.test, 0);
        }
        adapt_widths(*network, rows.all, workers);
    }

    // Checkpoints that left the front are removed only after the state that no longer names them is on the disk: a
    // killed run finds every file its state speaks of.
    std::vector<std::string> removed;
    const auto save = [&](std::int64_t next) {
        write_checkpoint(folder.state(), state_of(*network, trainer.optimizer(), front, next));
        for (const std::string& name : removed)
            std::filesystem::remove(folder.points() / name);
        removed.clear();
        write_file(folder.front(), to_json(front).dump(1) + "\n");
    };

    double loss_sum = 0.0;
    std::int64_t loss_epochs = 0;
    auto saved = Clock::now();
    const double seconds_before = seconds_since(start);
    for (std::int64_t e = first; e < settings.epochs; ++e) {
        const StepResult result = trainer.epoch(e);
        if (!std::isfinite(result.loss)) {
            throw Error("the loss is no longer a number in epoch " + std::to_string(e), experiment.file.string(),
                        "lower training.learning_rate or training.beta");
        }
        loss_sum += result.loss;
        ++loss_epochs;
        if ((e + 1) % settings.evaluate_every != 0 && e + 1 != settings.epochs) continue;

        Point point = trainer.evaluate(e);
        point.loss = loss_sum / static_cast<double>(loss_epochs);
        front.history.push_back(point);
        point.checkpoint = std::to_string(e) + ".ckpt";
        if (insert(front, point, removed)) {
            write_checkpoint(folder.points() / point.checkpoint,
                             {{{"epoch", e}}, {{"values", network->parameters.values()}}});
        }
        if (options.progress) {
            const double seconds = seconds_since(start), done = static_cast<double>(e + 1 - first);
            const double left = (seconds - seconds_before) / done * static_cast<double>(settings.epochs - e - 1);
            options.progress({e + 1, settings.epochs, point.loss, point.metric, point.ebops, point.beta,
                              point.live_weights, front.weights, seconds, left, front.points.size()});
        }
        loss_sum = 0.0;
        loss_epochs = 0;
        if (seconds_since(saved) >= options.save_seconds) {
            save(e + 1);
            saved = Clock::now();
        }
    }
    save(settings.epochs);
    return front;
}

} // namespace bitgrain::nn
