// Whole-file reading and atomic writing. A file either has its old content or all of its new content, never a part.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bitgrain {

/// Throws Error that names the file when it is missing, unreadable or a folder.
std::string read_file(const std::filesystem::path& path);

/// Writes to a sibling temporary, flushes it to the disk and renames it; makes the parent folders. Throws Error (disk
/// full, no permission) with nothing left behind. A device or pipe (/dev/stdout) is written to directly.
void write_file(const std::filesystem::path& path, std::string_view bytes);

/// Makes a folder and its parents; throws Error.
void make_folder(const std::filesystem::path& path);

} // namespace bitgrain
