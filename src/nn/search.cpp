#include "nn/search.hpp"

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "nn/checkpoint.hpp"
#include "nn/front.hpp"
#include "nn/run_folder.hpp"
#include "nn/trainer.hpp"

#include <algorithm>
#include <numeric>

namespace bitgrain::nn {

namespace {

/// Each rung trains a third of the trials, in all three times as long as the one before.
constexpr std::size_t thinning = 3;

/// Widths of one layer, in bits without the sign.
struct LayerWidths {
    std::int64_t kernel = 0, input = 0;
};

struct Trial {
    std::vector<LayerWidths> widths; ///< of the layers with a kernel, in order
    std::vector<float> values;       ///< parameters so far
    Adam adam{0};
    std::int64_t epochs = 0; ///< trained so far
    Point point;
};

/// One width per tensor, which does not change: the defaults of all quantizers of a search.
Json fixed_quantizers() {
    const Json fixed{{"granularity", "tensor"}, {"trainable", false}, {"pull", 0.0}, {"bits", 8}};
    Json activation = fixed;
    activation["overflow"] = "SAT"; // a tracked range would change the width
    return {{"kernel", fixed}, {"bias", fixed}, {"activation", activation}};
}

bool has_kernel(const Json& layer) {
    return layer.contains("units") || layer.contains("filters");
}

/// The experiment's layers with the trial's widths. Layers whose input is quantised already keep it so.
Json layers_of(const Json& layers, const std::vector<LayerWidths>& widths) {
    Json result = layers;
    std::size_t next = 0;
    for (Json& layer : result) {
        if (!has_kernel(layer)) continue;
        layer["kernel_quantizer"] = {{"bits", widths[next].kernel}};
        if (layer.value("input_quantizer", Json()) != "none") layer["input_quantizer"] = {{"bits", widths[next].input}};
        ++next;
    }
    return result;
}

std::string describe(const Trial& trial, std::size_t number) {
    std::string text = "trial " + std::to_string(number) + ", kernel/input bits by layer:";
    for (const LayerWidths& layer : trial.widths)
        text += " " + std::to_string(layer.kernel) + "/" + std::to_string(layer.input);
    return text + "; " + std::to_string(trial.epochs) + " epochs";
}

std::vector<Trial> make_trials(const SearchSettings& settings, Search kind, std::size_t layers, std::uint64_t seed) {
    std::vector<Trial> trials;
    for (const std::int64_t bits : settings.widths)
        trials.emplace_back().widths.assign(layers, {bits, bits});
    if (kind == Search::network) return trials;
    Random random = Random(seed).fork(1ULL << 41);
    const auto draw = [&] {
        const auto last = static_cast<std::int64_t>(settings.widths.size()) - 1;
        return settings.widths[static_cast<std::size_t>(random.integer(0, last))];
    };
    while (trials.size() < settings.trials) {
        Trial& trial = trials.emplace_back();
        for (std::size_t l = 0; l < layers; ++l) {
            const std::int64_t kernel = draw();
            trial.widths.push_back({kernel, draw()});
        }
    }
    return trials;
}

/// The `count` best by Pareto rank, then metric; ties by number.
std::vector<std::size_t> best_of(const std::vector<Trial>& trials, std::vector<std::size_t> alive, std::size_t count,
                                 bool higher_is_better) {
    const auto no_worse = [&](const Point& a, const Point& b) {
        return a.ebops <= b.ebops && (higher_is_better ? a.metric >= b.metric : a.metric <= b.metric);
    };
    std::vector<std::size_t> rank(trials.size(), 0);
    for (const std::size_t a : alive) {
        for (const std::size_t b : alive) {
            const Point &pa = trials[a].point, &pb = trials[b].point;
            rank[a] += no_worse(pb, pa) && !(no_worse(pa, pb) && b >= a) ? 1 : 0;
        }
    }
    std::stable_sort(alive.begin(), alive.end(), [&](std::size_t a, std::size_t b) {
        if (rank[a] != rank[b]) return rank[a] < rank[b];
        const double ma = trials[a].point.metric, mb = trials[b].point.metric;
        return higher_is_better ? ma > mb : ma < mb;
    });
    alive.resize(std::min(count, alive.size()));
    std::sort(alive.begin(), alive.end());
    return alive;
}

} // namespace

Front search(const Experiment& given, const TrainOptions& options, Search kind) {
    const std::string where = given.file.string();
    if (options.resume) throw Error("a search cannot be resumed", where, "start it anew with --replace");
    if (options.minutes || options.target_ebops)
        throw Error("a search knows no time budget and no target", where, "set training.epochs and search.trials");
    Experiment experiment = given;
    experiment.json["quantizers"] = fixed_quantizers();
    const Json fixed = experiment.json.at("quantizers");
    experiment.quantizers = read_quantizer_defaults(JsonReader(fixed, where));
    TrainingSettings& settings = experiment.training;
    if (options.seed) settings.seed = *options.seed;
    experiment.json["training"]["seed"] = settings.seed;

    const auto start = Clock::now();
    RunFolder folder(options.run);
    const Data data = load_data(experiment);
    const TrainingRows rows = make_rows(data, settings.class_weights);
    const Loss loss = loss_of(experiment, data);
    Workers workers(options.threads);
    const auto layer_count = static_cast<std::size_t>(
        std::count_if(experiment.json.at("layers").begin(), experiment.json.at("layers").end(), has_kernel));
    const auto network_of = [&](const std::vector<LayerWidths>& widths) {
        const Json layers = layers_of(given.json.at("layers"), widths);
        return build_network(JsonReader(layers, where + ": layers"), experiment.quantizers,
                             input_facts(experiment, data), loss.outputs, settings.seed);
    };

    Front front;
    front.metric_name = experiment.metric.name();
    front.higher_is_better = experiment.metric.higher_is_better();
    std::vector<Trial> trials = make_trials(experiment.search, kind, layer_count, settings.seed);
    std::vector<float> start_values;
    {
        const auto network = network_of(trials.front().widths);
        Trainer trainer(settings, experiment.metric, *network, rows, loss, workers);
        if (settings.float_epochs > 0) {
            trainer.train_float(settings.float_epochs);
            front.float_metric = trainer.float_metric(false);
            front.float_test_metric = trainer.float_metric(true);
        }
        front.weights = network->weights();
        start_values = network->parameters.values();
    }
    experiment.json["layers"] = layers_of(given.json.at("layers"), trials.front().widths);
    write_file(folder.experiment(), experiment.json.dump(2) + "\n");
    write_test_rows(folder, data.test);

    std::vector<std::size_t> alive(trials.size());
    std::iota(alive.begin(), alive.end(), std::size_t{0});
    std::size_t rungs = 1;
    if (kind == Search::layers) {
        for (std::size_t n = trials.size(); n > thinning; n = (n + thinning - 1) / thinning)
            ++rungs;
    }
    std::int64_t all_epochs = 0;
    for (std::size_t rung = 0; rung < rungs; ++rung) {
        std::int64_t until = settings.epochs;
        for (std::size_t r = rung + 1; r < rungs; ++r)
            until = std::max<std::int64_t>(1, until / static_cast<std::int64_t>(thinning));
        for (const std::size_t number : alive) {
            Trial& trial = trials[number];
            const auto network = network_of(trial.widths);
            TrainingSettings own = settings;
            own.learning_rate.period = static_cast<double>(std::max<std::int64_t>(1, until - trial.epochs));
            Trainer trainer(own, experiment.metric, *network, rows, loss, workers);
            network->parameters.values() = trial.epochs == 0 ? start_values : trial.values;
            if (trial.epochs == 0) {
                adapt_widths(*network, rows.all, workers);
            } else {
                trainer.optimizer() = trial.adam;
            }
            double last = 0.0;
            for (std::int64_t e = trial.epochs; e < until; ++e)
                last = trainer.epoch(e, static_cast<double>(e - trial.epochs), 0.0).loss;
            all_epochs += until - trial.epochs;
            trial.epochs = until;
            trial.values = network->parameters.values();
            trial.adam = trainer.optimizer();
            trial.point = trainer.evaluate(static_cast<std::int64_t>(number), 0.0).point;
            trial.point.loss = last;
            front.history.push_back(trial.point);
            front.events.push_back(describe(trial, number));
            trial.point.checkpoint = std::to_string(number) + "_" + std::to_string(rung) + ".ckpt";
            if (insert(front, trial.point)) {
                write_checkpoint(folder.points() / trial.point.checkpoint,
                                 {{{"trial", number}}, {{"values", trial.values}}});
            }
            write_file(folder.front(), to_json(front).dump(1) + "\n");
            folder.remove_points_except(front.points);
            if (options.progress) {
                options.progress({all_epochs, settings.epochs, last, trial.point.metric, trial.point.ebops, 0.0,
                                  trial.point.live_weights, front.weights, seconds_since(start), 0.0,
                                  front.points.size(), 0, 0, 1, 1, describe(trial, number)});
            }
        }
        if (rung + 1 < rungs)
            alive = best_of(trials, alive, (alive.size() + thinning - 1) / thinning, front.higher_is_better);
    }
    return front;
}

} // namespace bitgrain::nn
