#include "base/error.hpp"
#include "base/file.hpp"
#include "base/sha256.hpp"
#include "fx/arithmetic.hpp"
#include "model/inference.hpp"
#include "model/prove.hpp"
#include "nn/checkpoint.hpp"
#include "nn/pick.hpp"
#include "nn/train.hpp"
#include "nn/trainer.hpp"

#include <algorithm>
#include <limits>

namespace bitgrain::nn {

namespace {

FeatureRange range_of(const Rows<double>& rows) {
    FeatureRange range;
    range.lo.assign(rows.features, std::numeric_limits<double>::infinity());
    range.hi.assign(rows.features, -std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < rows.values.size(); ++i) {
        const std::size_t e = i % rows.features;
        range.lo[e] = std::min(range.lo[e], rows.values[i]);
        range.hi[e] = std::max(range.hi[e], rows.values[i]);
    }
    return range;
}

/// EBOPs as HGQ 1 reports them: enclosed bits of the weights, sign of the activations counted (method, 6.1).
double enclosed_ebops(const model::Model& model) {
    const auto intervals = model::intervals(model);
    double total = 0.0;
    for (const model::Step& step : model.steps) {
        const auto* affine = std::get_if<model::Affine>(&step.op);
        if (affine == nullptr) continue;
        const auto& x = intervals[step.operands[0]];
        for (std::size_t i = 0; i < affine->rows; ++i) {
            int bits = 0;
            for (std::size_t o = 0; o < affine->columns; ++o)
                bits += fx::enclosed_bits(fx::to_dyadic(affine->weights[i * affine->columns + o]).code);
            total += static_cast<double>(bits) * x[i].width();
        }
    }
    return total;
}

/// "none", or how many rows of which quantizers held a value that wrapped or saturated.
std::string overflows(const model::Model& model, const data::Dataset& dataset) {
    const auto codes = model::quantize_inputs(model, dataset.features, dataset.rows);
    std::string text;
    for (const model::OverflowCount& count : model::count_overflows(model, codes, dataset.rows)) {
        if (count.rows == 0) continue;
        text += (text.empty() ? "" : ", ") + model.steps[count.step].name + ": " + std::to_string(count.rows) + " rows";
    }
    return text.empty() ? "none" : text;
}

/// Of the files that the network was trained on, so that a design can be traced to them.
std::string data_sha256(const data::Source& source) {
    std::string bytes = read_file(source.features);
    if (source.labels) bytes += read_file(*source.labels);
    return sha256(bytes);
}

} // namespace

struct Freezer::Parts {
    std::filesystem::path run;
    Experiment experiment;
    Front front;
    Data data;
    TrainingRows rows;
    std::string data_hash;

    explicit Parts(const std::filesystem::path& folder)
        : run(folder), experiment(read_experiment(run / "experiment.json")), front(read_front(run)),
          data(load_data(experiment)), rows(make_rows(data, experiment.training.class_weights)),
          data_hash(data_sha256(experiment.train_source)) {}
};

Freezer::Freezer(const std::filesystem::path& run) : parts_(std::make_unique<const Parts>(run)) {}
Freezer::~Freezer() = default;

const Experiment& Freezer::experiment() const {
    return parts_->experiment;
}

const Front& Freezer::front() const {
    return parts_->front;
}

model::Model Freezer::freeze(const FreezeOptions& options) const {
    return freeze(pick(front(), options.pick), options);
}

model::Model Freezer::freeze(const Point& point, const FreezeOptions& options) const {
    const auto& [run, experiment, front, data, rows, data_hash] = *parts_;
    const double cover = options.cover.value_or(experiment.cover);

    Workers workers(0);
    const std::size_t outputs = experiment.regression ? data.train.target_size : data.train.class_names.size();
    const auto network = build_network(experiment.layers(), experiment.quantizers, input_facts(experiment, data),
                                       outputs, experiment.training.seed);
    const auto path = run / "points" / point.checkpoint;
    const Checkpoint checkpoint = read_checkpoint(path);
    if (checkpoint.arrays.at(0).second.size() != network->parameters.values().size())
        throw Error("belongs to another network", path.string());
    network->parameters.values() = checkpoint.arrays[0].second;

    Engine<double> engine(network->graph, network->output, network->cost, network->parameters, workers);
    const Calibration calibration = calibrate(*network, engine, rows.all, cover);
    model::Model model = freeze_network(*network, engine, calibration, range_of(rows.all), experiment.name);
    if (experiment.regression) {
        model.task = {model::Task::Kind::regression, {}, rows.target_scale.deviation, rows.target_scale.mean};
    } else {
        model.task = {model::Task::Kind::classification, data.train.class_names, {}, {}};
    }
    if (options.proven) model = model::prove_ranges(model);
    model::validate(model, "frozen network");

    model.facts = {{"metric_name", front.metric_name}, {"metric_cutoff", experiment.metric.cutoff}}; // for score
    const Score validation = score(model, data.validation);
    model.facts = {{"experiment", experiment.name},
                   {"pick", options.pick},
                   {"epoch", point.epoch},
                   {"seed", experiment.training.seed},
                   {"data_sha256", data_hash},
                   {"ranges", options.proven ? "proven" : "calibrated"},
                   {"cover", cover},
                   {"metric_name", front.metric_name},
                   {"metric_cutoff", experiment.metric.cutoff},
                   {"validation", validation.metric},
                   {"validation_rows", validation.rows},
                   {"expected", point.expected}};
    if (!data.train.feature_names.empty()) model.facts["features"] = data.train.feature_names;
    if (data.test.rows > 0) {
        const Score test = score(model, data.test);
        model.facts["test"] = test.metric;
        model.facts["test_rows"] = test.rows;
        model.facts["test_details"] = Json::object();
        for (const auto& [name, value] : test.details)
            model.facts["test_details"][name] = value;
        model.facts["overflow"] = overflows(model, data.test);
    }
    if (experiment.training.float_epochs > 0) {
        model.facts["float_validation"] = front.float_metric;
        if (data.test.rows > 0) model.facts["float_test"] = front.float_test_metric;
    }
    model.facts["ebops"] = calibration.ebops;
    model.facts["ebops_enclosed"] = enclosed_ebops(model);
    model.facts["live_weights"] = calibration.all_live_weights();
    model.facts["weights"] = network->weights();
    return model;
}

} // namespace bitgrain::nn
