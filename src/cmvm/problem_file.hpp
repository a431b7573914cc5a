// Matrix files: one JSON object with "format": "cmvm-bench-1", "name", "shape" [rows, columns], "scale_log2" (real
// weight = integer * 2^scale_log2), "inputs" ([min, max, step] per row, step a power of two), "kernel" (rows of
// integers) and optionally "family", "seed", "note", "input_latency" (adder levels per row), "output_limit" (adder
// levels per column after which it must be ready, besides what the slack says).
#pragma once

#include "cmvm/solve.hpp"

#include <filesystem>
#include <string>

namespace bitgrain::cmvm {

struct ProblemFile {
    std::string name;
    std::string family; ///< empty when the file has none
    Problem problem;
};

/// Error with file and place for anything malformed.
ProblemFile read_problem(const std::filesystem::path& path);

} // namespace bitgrain::cmvm
