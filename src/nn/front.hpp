// The Pareto front of a run: metric against EBOPs, strictly undominated points only.
#pragma once

#include "base/json.hpp"
#include "nn/train.hpp"

namespace bitgrain::nn {

/// Takes the point unless another is at least as good in both; removes those it is at least as good as. Returns whether
/// it was taken.
bool insert(Front& front, const Point& point);

/// Without its checkpoint when it has none.
Json to_json(const Point& point);
Point point_from_json(JsonReader reader);
Json to_json(const Front& front);
Front front_from_json(const Json& json, const std::string& where);

} // namespace bitgrain::nn
