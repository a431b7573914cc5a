#include "base/error.hpp"
#include "model/inference.hpp"
#include "nn/train.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

Score score(const model::Model& model, const data::Dataset& dataset) {
    Score result;
    result.rows = dataset.rows;
    const auto codes = model::quantize_inputs(model, dataset.features, dataset.rows, &result.saturated_inputs);
    const std::vector<double> outputs = model::infer_real(model, codes, dataset.rows);
    const std::size_t n = model::output_count(model);
    double total = 0.0;
    switch (model.task.kind) {
    case model::Task::Kind::classification:
        result.metric_name = "accuracy";
        for (std::size_t r = 0; r < dataset.rows; ++r) {
            const double* y = outputs.data() + r * n;
            total += std::max_element(y, y + n) - y == dataset.labels[r] ? 1.0 : 0.0;
        }
        result.metric = total / static_cast<double>(dataset.rows);
        break;
    case model::Task::Kind::regression:
        result.metric_name = "rms";
        for (std::size_t r = 0; r < dataset.rows; ++r) {
            for (std::size_t o = 0; o < n; ++o) {
                const double value = outputs[r * n + o] * model.task.target_scale[o] + model.task.target_offset[o];
                total += std::pow(value - dataset.targets[r * n + o], 2);
            }
        }
        result.metric = std::sqrt(total / static_cast<double>(dataset.rows * n));
        break;
    case model::Task::Kind::none:
        throw Error("the model does not say what its outputs mean", model.name, "its \"task\" is none");
    }
    return result;
}

} // namespace bitgrain::nn
