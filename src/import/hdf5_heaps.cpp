#include "import/hdf5_heaps.hpp"

#include <cstdint>
#include <string_view>

namespace bitgrain::import {

namespace {

constexpr std::size_t length_size = 8;  ///< of the sizes in the file; h5py writes no other
constexpr std::size_t header_size = 16; ///< of a collection and of an object in it
constexpr std::string_view signature("GCOL\x01\0\0\0", 8);

std::size_t little(const std::string& bytes, std::size_t at, std::size_t size) {
    std::uint64_t value = 0;
    for (std::size_t i = size; i-- > 0;)
        value = value * 256 + static_cast<unsigned char>(bytes[at + i]);
    return static_cast<std::size_t>(value);
}

/// Superblocks of version 0 and 1 have four bytes more in front of it than later ones.
bool has_usual_lengths(const std::string& hdf5) {
    return hdf5.size() > header_size && static_cast<std::size_t>(hdf5[hdf5[8] < 2 ? 14 : 10]) == length_size;
}

/// Objects: index (2 bytes), references (2), 4 unused, size (8), then that many bytes, padded to eight. Index 0 is the
/// free space, whose size counts its own header.
bool is_endless(const std::string& hdf5, std::size_t start) {
    const std::size_t size = little(hdf5, start + signature.size(), length_size);
    const std::size_t end = size > hdf5.size() - start ? hdf5.size() : start + size;
    for (std::size_t at = start + header_size; at + header_size <= end;) {
        const std::size_t index = little(hdf5, at, 2), bytes = little(hdf5, at + length_size, length_size);
        if (index == 0 && bytes == 0) return true;
        if (bytes > end - at) return false; // the library refuses it
        at += index == 0 ? bytes : header_size + (bytes + 7) / 8 * 8;
    }
    return false;
}

} // namespace

bool has_endless_heap(const std::string& hdf5) {
    if (!has_usual_lengths(hdf5)) return false;
    for (std::size_t at = hdf5.find(signature); at != std::string::npos; at = hdf5.find(signature, at + 1)) {
        if (hdf5.size() - at > header_size && is_endless(hdf5, at)) return true;
    }
    return false;
}

} // namespace bitgrain::import
