// The Pareto front of a run: metric against EBOPs, strictly undominated points only.
#pragma once

#include "base/json.hpp"
#include "nn/train.hpp"

namespace bitgrain::nn {

/// Takes the point unless another is at least as good in both; removes those it is at least as good as. Returns whether
/// it was taken; `removed` gets the checkpoints that left the front.
bool insert(Front& front, const Point& point, std::vector<std::string>& removed);

Json to_json(const Front& front);
Front front_from_json(const Json& json, const std::string& where);

} // namespace bitgrain::nn
