// Text files with placeholders such as @MODULE@, replaced in one pass: what is put in is not looked at again.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace bitgrain::rtl {

/// "MODULE" -> "digits".
using Values = std::map<std::string, std::string>;

/// Throws Error for a placeholder (capitals, digits and underscores between two @) that has no value.
std::string fill(const std::filesystem::path& path, const Values& values);

} // namespace bitgrain::rtl
