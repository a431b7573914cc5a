// A dress rehearsal in a child process. The HDF5 C library can crash or hang on damaged files (it trusts offsets and
// counts that have no checksum); what takes the child down is reported as an Error and the parent never tries it.
#pragma once

#include <functional>
#include <string>

namespace bitgrain::import {

/// Runs `work` in a child; throws its Error here, or one of its own when the child crashes or takes more than
/// `seconds` of processor time. `work` must be deterministic.
void rehearse(const std::function<void()>& work, const std::string& where, unsigned seconds);

} // namespace bitgrain::import
