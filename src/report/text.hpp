// A report as a table for the terminal.
#pragma once

#include "report/report.hpp"

#include <string>
#include <vector>

namespace bitgrain::report {

/// Sections one below the other, columns aligned over all of them; ends with a newline.
std::string to_text(const Report& report);

/// Numbers of the points to show: all when they are few, otherwise the ends and evenly spaced ones between, and the
/// picked one.
std::vector<std::size_t> chosen(const Front& front, std::size_t limit);

/// The front as a table: at most `limit` points, evenly chosen, the picked one always among them.
std::string front_text(const Front& front, std::size_t limit = 20);

/// The points that are hardware, with what they take; empty when none is.
std::string designs_text(const Front& front);

/// Area of the layers, and of their neurons.
std::string layers_text(const std::vector<Layer>& layers);
std::string neurons_text(const std::vector<Neuron>& neurons);

/// Lines of cells with aligned columns; numbers to the right. The first line is underlined when `header`.
std::string table(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right, bool header);

} // namespace bitgrain::report
