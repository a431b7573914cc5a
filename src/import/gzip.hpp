// One gzip stream in memory (zlib).
#pragma once

#include <string>

namespace bitgrain::import {

/// True for the bytes of a gzip file.
bool is_gzip(const std::string& bytes);
/// Error when the stream is damaged or cut off.
std::string unpack_gzip(const std::string& bytes, const std::string& where);

} // namespace bitgrain::import
