// The system before any sharing: every column as a sum of signed digits, or of another column and digits.
#pragma once

#include "cmvm/differences.hpp"
#include "cmvm/prepare.hpp"
#include "cmvm/system.hpp"

namespace bitgrain::cmvm {

/// `derivations`: none writes every column from nothing.
System make_system(const Prepared& prepared, const Options& options, const Derivations* derivations);

} // namespace bitgrain::cmvm
