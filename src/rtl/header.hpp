// What stands above a module's body: the comment that says what it is, and the ports of the top.
#pragma once

#include "rtl/emit.hpp"

#include <string>

namespace bitgrain::rtl {

/// "[7:4]": where the port lies in in_data or out_data.
std::string slice(const Port& port);

/// Of the top: latency, clock, how to read formats and names, the table of ports.
std::string header(const Signature& signature);
/// "module digits ( ... );"
std::string ports(const Signature& signature);

/// Of a layer's module.
std::string layer_header(const std::string& module, const std::string& layer, const Signature& signature,
                         int first_stage, int last_stage);

} // namespace bitgrain::rtl
