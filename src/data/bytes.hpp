// Numbers out of raw bytes, for the binary file formats (.npy, .npz, .gz). Independent of the machine's byte order.
#pragma once

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string>
#include <string_view>

namespace bitgrain::data {

/// The T stored at `at`, any alignment; `swapped`: in the byte order that this machine does not use.
template <class T, bool swapped>
T load(const char* at) {
    std::array<char, sizeof(T)> bytes;
    std::memcpy(bytes.data(), at, sizeof(T));
    if constexpr (swapped) std::reverse(bytes.begin(), bytes.end());
    return std::bit_cast<T>(bytes);
}

/// The little-endian T at `offset` of `bytes`; Error "ends too early" when it is not all there.
template <class T>
T load_little(std::string_view bytes, std::size_t offset, const std::string& where) {
    if (offset > bytes.size() || bytes.size() - offset < sizeof(T)) {
        throw Error("the file ends too early, it is cut off or damaged", where);
    }
    return load<T, std::endian::native == std::endian::big>(bytes.data() + offset);
}

} // namespace bitgrain::data
