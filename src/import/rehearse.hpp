// A dress rehearsal in a child process. The HDF5 C library can crash or hang on damaged files (it trusts offsets and
// counts that have no checksum); what takes the child down is reported as an Error and the parent never tries it.
#pragma once

#include <functional>
#include <string>

namespace bitgrain::import {

/// Runs `work` in a child and throws Error when that one crashes or takes more than a minute of processor time. An
/// exception of `work` counts as good: the caller will meet it again. `work` must be deterministic and keep nothing.
void rehearse(const std::function<void()>& work, const std::string& where);

} // namespace bitgrain::import
