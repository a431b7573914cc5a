// Overflow excluded by proof instead of avoided by calibration.
#pragma once

#include "model/model.hpp"

#include <set>
#include <string>

namespace bitgrain::model {

/// The same model with the integer bits of every wrapping cast set from interval analysis: no input of the ports can
/// overflow anywhere, and where nothing overflowed before, the outputs are the same. Ranges can grow (rarely seen
/// extremes now fit) or shrink (bits that no input reaches). Elements without bits stay zero. Error when a number would
/// leave 53 bits.
Model prove_ranges(const Model& model);
/// The same for these steps only (numbers in Model::steps). `where` is put before places in errors.
Model prove_ranges(const Model& model, const std::set<std::size_t>& steps, const std::string& where = {});

} // namespace bitgrain::model
