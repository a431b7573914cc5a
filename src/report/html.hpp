// A report as one self-contained page: no scripts, no fonts, no links to anything outside.
#pragma once

#include "report/report.hpp"

#include <string>

namespace bitgrain::report {

std::string to_html(const Report& report);

/// &, <, > and quotes written as entities.
std::string escaped(const std::string& text);

} // namespace bitgrain::report
