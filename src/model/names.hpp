// Words for the ops and places of a model, shared by JSON and error messages.
#pragma once

#include "model/model.hpp"

#include <string>
#include <vector>

namespace bitgrain::model {

/// The word in a model.json that says what it is; the number rises when old readers would misunderstand.
inline constexpr const char* file_format = "bitgrain-model-1";

/// "affine", "cast", ... in the order of the alternatives of Op.
const std::vector<std::string>& op_names();
const std::string& op_name(const Op& op);

/// "model.json: steps[3] 'dense_1' (affine)"
std::string place(const Model& model, std::size_t step, const std::string& where);

} // namespace bitgrain::model
