// A model that needs no training: two inputs, a hidden layer with ReLU and quantizers, two outputs.
#pragma once

#include "model/model.hpp"

namespace bitgrain::test {

inline model::Model small_model() {
    model::Model model;
    model.name = "tiny";
    model.inputs.push_back({"x", {2}, {fx::Format{true, 3, 1}, fx::Format{false, 4, 0}}});
    model::Affine first{2, 3, {0.5, -1.25, 3, 2, 0.75, -0.5}, {1, -2.5, 0}};
    const fx::Cast narrow{{false, 4, 1}, fx::Round::rnd, fx::Overflow::wrap};
    const fx::Cast tight{{true, 3, 0}, fx::Round::rnd, fx::Overflow::sat};
    model::Affine second{3, 2, {1, -1, 0.25, 1.5, -2, 0.5}, {0.25, 0}};
    model.steps.push_back({"dense_1", {0}, first});
    model.steps.push_back({"dense_1", {1}, model::Relu{}});
    model.steps.push_back({"dense_1", {2}, model::Cast{{narrow, narrow, tight}}});
    model.steps.push_back({"dense_2", {3}, second});
    model.outputs.push_back({"y", {2}, 4});
    model.task = {model::Task::Kind::classification, {"left", "right"}, {}, {}};
    return model;
}

} // namespace bitgrain::test
