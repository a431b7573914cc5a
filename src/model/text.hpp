// JSON as people like to read it: what fits on a line is on one line, lists of numbers fill lines, each row of a matrix
// has a line of its own. Doubles are the shortest text that reads back equal; equal values give equal bytes.
#pragma once

#include "base/json.hpp"

#include <string>

namespace bitgrain::model {

std::string json_text(const Json& json);

} // namespace bitgrain::model
