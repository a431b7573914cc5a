// Where the product's own files are: library cells, simulation harness, targets.
#pragma once

#include <filesystem>

namespace bitgrain::cli {

struct Home {
    std::filesystem::path rtl_lib;
    std::filesystem::path sim;
    std::filesystem::path constraints;
};

/// Looks at $BITGRAIN_HOME, at ../share/bitgrain beside the program, and at the source tree the program was built from.
/// Throws Error that lists the places when none has all three folders.
Home find_home();

} // namespace bitgrain::cli
