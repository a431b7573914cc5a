#include "nn/trainer.hpp"

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "base/random.hpp"
#include "nn/judge.hpp"
#include "nn/polish.hpp"

#include <cmath>
#include <numeric>

namespace bitgrain::nn {

namespace {

template <class T>
void append(Rows<T>& rows, const data::Dataset& dataset, const data::Standardisation& targets) {
    rows.features = dataset.features_per_row();
    rows.count += dataset.rows;
    rows.values.insert(rows.values.end(), dataset.features.begin(), dataset.features.end());
    rows.labels.insert(rows.labels.end(), dataset.labels.begin(), dataset.labels.end());
    rows.target_size = dataset.target_size;
    for (std::size_t r = 0; r < dataset.rows; ++r) {
        for (std::size_t o = 0; o < dataset.target_size; ++o) {
            const double target = dataset.targets[r * dataset.target_size + o];
            rows.targets.push_back(static_cast<T>((target - targets.mean[o]) / targets.deviation[o]));
        }
    }
}

/// Weight of its class times its own weight, scaled to mean 1 over the rows; empty when all are alike.
std::vector<float> row_weights(const data::Dataset& train, const ClassWeights& classes) {
    if (train.weights.empty() && !classes.balanced && classes.given.empty()) return {};
    std::vector<double> of_class(train.class_names.size(), 1.0);
    if (classes.balanced) {
        std::fill(of_class.begin(), of_class.end(), 0.0);
        for (std::size_t r = 0; r < train.rows; ++r)
            of_class[static_cast<std::size_t>(train.labels[r])] += train.weights.empty() ? 1.0 : train.weights[r];
        for (double& weight : of_class)
            weight = weight > 0.0 ? 1.0 / weight : 1.0;
    }
    for (const auto& [name, weight] : classes.given) {
        const auto found = std::find(train.class_names.begin(), train.class_names.end(), name);
        if (found == train.class_names.end())
            throw Error("there is no class '" + name + "'", "training.class_weights",
                        suggestion(name, train.class_names));
        of_class[static_cast<std::size_t>(found - train.class_names.begin())] = weight;
    }
    std::vector<double> weights = train.weights.empty() ? std::vector<double>(train.rows, 1.0) : train.weights;
    double sum = 0.0;
    for (std::size_t r = 0; r < train.rows; ++r) {
        if (!train.labels.empty()) weights[r] *= of_class[static_cast<std::size_t>(train.labels[r])];
        sum += weights[r];
    }
    std::vector<float> result;
    for (const double weight : weights)
        result.push_back(static_cast<float>(weight * static_cast<double>(train.rows) / sum));
    return result;
}

} // namespace

Loss loss_of(const Experiment& experiment, const Data& data) {
    if (!experiment.regression) {
        if (!experiment.training.target_weights.empty())
            throw Error("target weights are for a regression", experiment.file.string() + ": training.target_weights");
        return {Loss::Kind::cross_entropy, data.train.class_names.size(), experiment.training.label_smoothing, {}};
    }
    if (experiment.training.label_smoothing > 0)
        throw Error("label smoothing is for a classification", experiment.file.string() + ": training.label_smoothing");
    Loss loss{Loss::Kind::squared_error, data.train.target_size, 0.0, experiment.training.target_weights};
    if (loss.target_weights.empty()) return loss;
    if (loss.target_weights.size() != loss.outputs) {
        throw Error("there are " + std::to_string(loss.target_weights.size()) + " target weights for " +
                        std::to_string(loss.outputs) + " targets",
                    experiment.file.string() + ": training.target_weights");
    }
    const double sum = std::accumulate(loss.target_weights.begin(), loss.target_weights.end(), 0.0);
    for (double& weight : loss.target_weights)
        weight *= static_cast<double>(loss.outputs) / sum;
    return loss;
}

TrainingRows make_rows(const Data& data, const ClassWeights& class_weights) {
    TrainingRows rows;
    data::Standardisation& target_scale = rows.target_scale;
    const std::size_t size = data.train.target_size;
    target_scale.mean.assign(size, 0.0);
    target_scale.deviation.assign(size, 1.0);
    const auto n = static_cast<double>(data.train.rows);
    for (std::size_t o = 0; o < size; ++o) {
        double sum = 0.0, squares = 0.0;
        for (std::size_t r = 0; r < data.train.rows; ++r)
            sum += data.train.targets[r * size + o];
        target_scale.mean[o] = sum / n;
        for (std::size_t r = 0; r < data.train.rows; ++r)
            squares += std::pow(data.train.targets[r * size + o] - sum / n, 2);
        if (squares > 0) target_scale.deviation[o] = std::sqrt(squares / n);
    }
    append(rows.train, data.train, target_scale);
    rows.train.weights = row_weights(data.train, class_weights);
    rows.all_targets = data.train.targets;
    rows.all_targets.insert(rows.all_targets.end(), data.validation.targets.begin(), data.validation.targets.end());
    rows.test_targets = data.test.targets;
    append(rows.all, data.train, target_scale);
    rows.validation_first = rows.all.count;
    append(rows.all, data.validation, target_scale);
    append(rows.test, data.test, target_scale);
    return rows;
}

InputFacts input_facts(const Experiment& experiment, const Data& data) {
    InputFacts facts{data.train.feature_shape, std::nullopt, data.train.integral && data.validation.integral};
    switch (experiment.standardise) {
    case Standardise::nothing:
        break;
    case Standardise::features:
        facts.standardisation = data::standardise(data.train);
        break;
    case Standardise::together:
        facts.standardisation = data::standardise_channels(data.train, 1);
        break;
    case Standardise::channels:
        facts.standardisation = data::standardise_channels(data.train, data.train.feature_shape.back());
        break;
    }
    return facts;
}

Trainer::Trainer(const TrainingSettings& settings, const Metric& metric, Network& network, const TrainingRows& rows,
                 const Loss& loss, Workers& workers)
    : settings_(settings), metric_(metric), network_(network), rows_(rows), loss_(loss), workers_(workers),
      engine_(network.graph, network.output, network.cost, network.parameters, workers),
      exact_(network.graph, network.output, network.cost, network.parameters, workers),
      adam_(network.parameters.values().size()) {}

StepResult Trainer::run_epoch(std::int64_t number, double position, Mode mode, double beta, Adam& adam,
                              const LearningRate& rate, std::uint64_t stream) {
    const std::size_t n = rows_.train.count;
    std::vector<std::uint32_t> order(n);
    std::iota(order.begin(), order.end(), 0U);
    // A function of seed and epoch alone, so that a resumed run sees the same batches.
    Random(settings_.seed).fork(stream + static_cast<std::uint64_t>(number)).shuffle(std::span(order));
    const std::size_t batches = std::max<std::size_t>(1, (n + settings_.batch / 2) / settings_.batch);
    StepResult mean;
    for (std::size_t b = 0; b < batches; ++b) {
        const std::size_t first = b * n / batches, last = (b + 1) * n / batches;
        const StepResult step = engine_.step(
            rows_.train, std::span<const std::uint32_t>(order).subspan(first, last - first), mode, loss_, beta);
        const double epoch = position + static_cast<double>(b) / static_cast<double>(batches);
        adam.update(network_.parameters, engine_.gradient(), rate.at(epoch));
        mean.loss += step.loss * static_cast<double>(last - first) / static_cast<double>(n);
        mean.ebops = step.ebops;
        mean.correct += step.correct;
    }
    return mean;
}

double Trainer::train_float(std::int64_t epochs) {
    Adam adam(network_.parameters.values().size());
    LearningRate rate = settings_.learning_rate;
    rate.period = static_cast<double>(epochs);
    double loss = 0.0;
    for (std::int64_t e = 0; e < epochs; ++e)
        loss = run_epoch(e, static_cast<double>(e), Mode::unquantised, 0.0, adam, rate, 1ULL << 40).loss;
    return loss;
}

double Trainer::metric_of(std::span<const double> outputs, const Rows<double>& rows, std::span<const double> targets,
                          const Which& which) const {
    const std::size_t width = loss_.outputs;
    std::vector<double> values, aims;
    std::vector<std::int32_t> labels;
    for (std::size_t r = which.first; r < which.last; r += which.step) {
        const auto from = static_cast<std::ptrdiff_t>(r * width), to = from + static_cast<std::ptrdiff_t>(width);
        values.insert(values.end(), outputs.begin() + from, outputs.begin() + to);
        if (targets.empty()) {
            labels.push_back(rows.labels[r]);
        } else {
            aims.insert(aims.end(), targets.begin() + from, targets.begin() + to);
        }
    }
    if (!targets.empty())
        values = in_target_units(values, width, rows_.target_scale.deviation, rows_.target_scale.mean);
    return measure(metric_, {width, values, labels, aims});
}

double Trainer::float_metric(bool test) const {
    const Rows<double>& rows = test ? rows_.test : rows_.all;
    std::vector<double> outputs(rows.count * loss_.outputs);
    exact_.forward(rows, Mode::unquantised, [&](std::size_t begin, std::size_t count, const double* y) {
        for (std::size_t r = 0; r < count; ++r) {
            for (std::size_t o = 0; o < loss_.outputs; ++o)
                outputs[(begin + r) * loss_.outputs + o] = y[o * tile_rows + r];
        }
    });
    return metric_of(outputs, rows, test ? rows_.test_targets : rows_.all_targets,
                     {test ? 0 : rows_.validation_first, rows.count});
}

StepResult Trainer::epoch(std::int64_t number, double position, double beta) {
    return run_epoch(number, position, Mode::train, beta, adam_, settings_.learning_rate, 0);
}

Trainer::Evaluation Trainer::evaluate(std::int64_t number, double beta) const {
    const std::vector<float> before = network_.parameters.values();
    Evaluation result;
    Calibration& calibration = result.calibration;
    calibration = calibrate(network_, exact_, rows_.all, 1.0);
    network_.parameters.values() = before;
    Point& point = result.point;
    point.epoch = number;
    point.ebops = calibration.ebops;
    point.live_weights = calibration.all_live_weights();
    point.beta = beta;
    const auto on = [&](const Which& which) {
        return metric_of(calibration.outputs, rows_.all, rows_.all_targets, which);
    };
    point.metric = point.expected = on({rows_.validation_first, rows_.all.count});
    point.train_metric = on({0, rows_.validation_first});
    for (std::size_t k = 0; k < folds; ++k)
        point.fold_metrics.push_back(on({rows_.validation_first + k, rows_.all.count, folds}));
    calibration.outputs.clear();
    return result;
}

double Trainer::polish(double lambda, const std::function<bool()>& stop) {
    return Polisher(network_, rows_.train, loss_, workers_).polish(lambda, stop).loss;
}

double Trainer::chance_metric() const {
    const Rows<double>& rows = rows_.all;
    std::vector<double> outputs(rows.count * loss_.outputs, 0.0);
    if (loss_.kind == Loss::Kind::cross_entropy) {
        std::vector<std::size_t> count(loss_.outputs, 0);
        for (std::size_t r = rows_.validation_first; r < rows.count; ++r)
            ++count[static_cast<std::size_t>(rows.labels[r])];
        const auto largest = static_cast<std::size_t>(std::max_element(count.begin(), count.end()) - count.begin());
        for (std::size_t r = 0; r < rows.count; ++r)
            outputs[r * loss_.outputs + largest] = 1.0;
    }
    return metric_of(outputs, rows, rows_.all_targets, {rows_.validation_first, rows.count});
}

} // namespace bitgrain::nn
