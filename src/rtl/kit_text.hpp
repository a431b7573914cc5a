// The parts of the kit that depend on every port: comparisons of the test bench, tables of the README.
#pragma once

#include "rtl/kit.hpp"

namespace bitgrain::rtl {

/// Statements of the test bench that name the first wrong output.
std::string compare_text(const Signature& signature, const std::vector<Place>& places);

/// The same for the values inside, and the statements that take these down as they come by.
std::string compare_layers_text(const std::vector<Probe>& probes);
std::string record_text(std::vector<Probe> probes);

/// Rows of a Markdown table; neighbours of equal format share one.
std::string port_rows(const std::vector<Port>& ports);

/// "[7:4]", "[3]"
std::string bits_text(int offset, int width);

/// Paragraphs with a blank line before each, or nothing.
std::string inputs_text(const Meaning& meaning);
std::string outputs_text(const Meaning& meaning, const std::vector<Port>& outputs);

} // namespace bitgrain::rtl
