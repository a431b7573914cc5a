// Text reports of Vivado and Quartus.
#pragma once

#include "synthesis/record.hpp"

namespace bitgrain::synthesis {

bool is_vivado(const std::string& text);
Record parse_vivado(const std::string& text, const std::string& file);

bool is_quartus(const std::string& text);
Record parse_quartus(const std::string& text, const std::string& file);

} // namespace bitgrain::synthesis
