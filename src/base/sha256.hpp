// SHA-256 (FIPS 180-4), so that a file can be recognised: `sha256sum FILE` prints the same.
#pragma once

#include <string>
#include <string_view>

namespace bitgrain {

/// 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

} // namespace bitgrain
