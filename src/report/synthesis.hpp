// What tools measured, beside the estimates of the report.
#pragma once

#include "report/report.hpp"
#include "synthesis/record.hpp"

#include <vector>

namespace bitgrain::report {

/// Each number of each record that the report has an estimate for.
std::vector<Comparison> compare(const Report& report, const std::vector<synthesis::Record>& records);

/// "synthesis": every number of every record, with its deviation from the estimate where there is one.
Section synthesis_section(const Report& report, const std::vector<synthesis::Record>& records);

} // namespace bitgrain::report
