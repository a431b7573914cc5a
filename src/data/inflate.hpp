// Unpacking of deflate data (RFC 1951) by zlib: gzip files (RFC 1952) and the members of a zip file.
// Memory follows the bytes really unpacked, never a size that a damaged file claims. Errors name `where`.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace bitgrain::data {

/// No deflate stream unpacks to more than this many times its length (258 bytes out of 2 bits).
inline constexpr std::size_t most_expansion = 1032;

/// All members of a gzip file, one after the other. Checks the checksums.
std::string gunzip(std::string_view packed, const std::string& where);

/// A raw deflate stream that must unpack to exactly `size` bytes.
std::string inflate_raw(std::string_view packed, std::size_t size, const std::string& where);

/// The content of a file, unpacked when it is gzip (told by its first bytes, not by its name).
std::string read_unpacked(const std::filesystem::path& path);

} // namespace bitgrain::data
