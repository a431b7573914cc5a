// A report as a table for the terminal.
#pragma once

#include "report/report.hpp"

#include <string>
#include <vector>

namespace bitgrain::report {

/// Sections one below the other, columns aligned over all of them; ends with a newline.
std::string to_text(const Report& report);

/// The front as a table: at most `limit` points, evenly chosen, the picked one always among them.
std::string front_text(const Front& front, std::size_t limit = 20);

/// Area of the layers, and of their neurons.
std::string layers_text(const std::vector<Layer>& layers);
std::string neurons_text(const std::vector<Neuron>& neurons);

/// Lines of cells with aligned columns; numbers to the right. The first line is underlined when `header`.
std::string table(const std::vector<std::vector<std::string>>& lines, const std::vector<bool>& right, bool header);

} // namespace bitgrain::report
