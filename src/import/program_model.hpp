// Programs -> model::Model.
#pragma once

#include "import/program.hpp"
#include "model/model.hpp"

namespace bitgrain::import {

/// One step or a few per operation. The result computes exactly what the format defines, overflow included; what a
/// model cannot express (bit operations on wide values) is an Error that names the operation.
model::Model model_of(const std::vector<Program>& stages, const std::string& name, const std::string& where);

} // namespace bitgrain::import
