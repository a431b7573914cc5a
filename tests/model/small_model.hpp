// A small valid model with one step of every op, by hand: what the JSON and refusal tests start from.
#pragma once

#include "model/model.hpp"

namespace bitgrain::test {

inline model::Model small_model() {
    model::Model m;
    m.name = "small";
    const fx::Format s1_2{true, 1, 2}, u2_0{false, 2, 0};
    m.inputs = {{"a", {2, 1}, {s1_2, s1_2}}, {"b", {2}, {u2_0, {false, 0, 0}}}};
    m.steps.push_back({"dense", {0}, model::Affine{2, 2, {0.5, -3.0, 0.0, 0.1875}, {0.0, 1.25}}}); // 2
    m.steps.push_back({"dense", {2}, model::Relu{}});                                              // 3
    m.steps.push_back({"dense",
                       {3},
                       model::Cast{{{{true, 2, 1}, fx::Round::rnd, fx::Overflow::wrap},
                                    {{false, 1, 1}, fx::Round::rnd_conv, fx::Overflow::sat}}}}); // 4
    m.steps.push_back({"join", {4, 1}, model::Gather{{0, 3, -1, 2}}});                           // 5
    m.steps.push_back({"sum", {5, 5}, model::Add{}});                                            // 6
    m.steps.push_back({"square", {6, 5}, model::Mul{}});                                         // 7
    m.steps.push_back({"pool", {7}, model::Reduce{model::Reduce::Kind::max, 2}});                // 8
    m.steps.push_back(
        {"key",
         {8},
         model::Cast{std::vector<fx::Cast>(2, {{true, 0, 1}, fx::Round::trn, fx::Overflow::sat_sym})}}); // 9
    m.steps.push_back({"lookup", {9}, model::Table{{{{true, 0, 1}, {-1.5, 0.0, 0.125, 2.0}}}, {0, 0}}}); // 10
    m.outputs = {{"y", {2}, 10}, {"z", {2}, 4}};
    m.task.kind = model::Task::Kind::classification;
    m.task.classes = {"no", "yes \"quoted\""};
    m.facts["ebops"] = 12.0;
    m.facts["pick"] = "best";
    return m;
}

} // namespace bitgrain::test
