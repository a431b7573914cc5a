// The Pareto front of a run: the metric to be expected against EBOPs, strictly undominated points only.
#pragma once

#include "base/json.hpp"
#include "nn/train.hpp"

namespace bitgrain::nn {

/// Takes the point unless another is at least as good in both; removes those it is at least as good as. Returns whether
/// it was taken.
bool insert(Front& front, const Point& point);

/// A candidate: into the history, and for now into the front as what the validation rows say. In the history it loses
/// its checkpoint's name, or others lose theirs, when one that it is judged with costs no more and is no worse in both
/// metrics: it will never join the front. Returns whether it kept it.
bool add(Front& front, Point point);
/// The front of every candidate that has a checkpoint, judged among all (judge.hpp).
void form(Front& front);
/// Candidates and points whose checkpoint is needed.
std::vector<Point> with_checkpoint(const Front& front);

/// Without its checkpoint when it has none.
Json to_json(const Point& point);
Point point_from_json(JsonReader reader);
Json to_json(const Front& front);
Front front_from_json(const Json& json, const std::string& where);

} // namespace bitgrain::nn
