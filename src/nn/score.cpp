#include "base/error.hpp"
#include "model/inference.hpp"
#include "nn/metric.hpp"
#include "nn/train.hpp"

#include <algorithm>

namespace bitgrain::nn {

namespace {

/// What the model was trained for; imported models say nothing.
Metric metric_of(const model::Model& model) {
    const bool regression = model.task.kind == model::Task::Kind::regression;
    Metric metric{regression ? Metric::Kind::rms : Metric::Kind::accuracy};
    const Json name = model.facts.value("metric_name", Json()), cutoff = model.facts.value("metric_cutoff", Json(0.0));
    const auto found = std::find(metric_names().begin(), metric_names().end(), name);
    if (found == metric_names().end() || !cutoff.is_number()) return metric;
    const Metric named{static_cast<Metric::Kind>(found - metric_names().begin()), cutoff.get<double>()};
    const bool for_classes = named.kind == Metric::Kind::accuracy || named.kind == Metric::Kind::auc;
    return for_classes == regression ? metric : named;
}

} // namespace

Score score(const model::Model& model, const data::Dataset& dataset) {
    if (model.task.kind == model::Task::Kind::none)
        throw Error("the model does not say what its outputs mean", model.name, "its \"task\" is none");
    Score result;
    result.rows = dataset.rows;
    const auto codes = model::quantize_inputs(model, dataset.features, dataset.rows, &result.saturated_inputs);
    const std::size_t count = model::output_count(model);
    const std::vector<double> outputs = in_target_units(model::infer_real(model, codes, dataset.rows), count,
                                                        model.task.target_scale, model.task.target_offset);
    const Judged judged{count, outputs, dataset.labels, dataset.targets};
    const Metric metric = metric_of(model);
    result.metric_name = metric.name();
    result.metric = measure(metric, judged);
    result.details = details(metric, judged, model.task.classes);
    return result;
}

} // namespace bitgrain::nn
