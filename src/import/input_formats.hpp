// The ports of an imported network. HGQ networks read real numbers, and each consumer quantises them its own way; the
// port needs a format in which software can hand the numbers over so that every consumer still gets the same result.
#pragma once

#include "model/model.hpp"

#include <map>
#include <string>

namespace bitgrain::import {

/// Sets formats, rounding and overflow of all inputs from the casts that read them (possibly through gathers). An
/// element with one kind of consumer gets that consumer's format. With several: truncation one bit below the finest
/// preserves every rounding (floor(u + 1/2) depends on floor(2u) only), and wrapping above the widest every wrap.
/// `roundings` says what the casts of these steps mean when the hardware does not have their rounding: then it is left
/// to the port. Error when something other than a cast reads an input, or no common port exists.
void set_input_formats(model::Model& model, const std::string& where,
                       const std::map<std::size_t, model::Rounding>& roundings = {});

} // namespace bitgrain::import
