// How numbers look in reports.
#pragma once

#include "report/report.hpp"

#include <string>

namespace bitgrain::report {

/// Significant digits, no exponent between 1e-4 and 1e15, no trailing zeros: 0.1234, 12.5, 1728000.
std::string number(double value, int digits = 5);
/// Value and unit of a row as shown to people: {"97.22", "%"}, {"42", "cycles"}.
struct Shown {
    std::string value;
    std::string unit;
};
Shown shown(const Row& row);
/// The note with the band before it: "± 5 %, 0.1 % of 1728000".
std::string shown_note(const Row& row);
/// "± 5 %"; empty without a band.
std::string shown_band(double band);
/// A metric alone: "97.22 %" for accuracy, "1.234" otherwise.
std::string shown_metric(const std::string& metric_name, double metric);

} // namespace bitgrain::report
