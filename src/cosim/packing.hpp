// Codes to and from the bits of a data port: little-endian 32-bit words, the layout of Verilator's ports.
#pragma once

#include "rtl/emit.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::cosim {

/// Words per vector of a port of that many bits; at least two, since ports up to 64 bits are one 64-bit number.
std::size_t words_of(int width);

/// codes: rows x ports; returns rows x words_of(width). A code that its format cannot hold is refused with an Error.
std::vector<std::uint32_t> pack(std::span<const rtl::Port> ports, int width, std::span<const std::int64_t> codes,
                                std::size_t rows);
/// Packed vectors for $readmemh: a line of hexadecimal digits per row.
std::string hex_lines(int width, std::span<const std::uint32_t> words, std::size_t rows);
/// The reverse of pack; ports without bits give 0.
std::vector<std::int64_t> unpack(std::span<const rtl::Port> ports, int width, std::span<const std::uint32_t> words,
                                 std::size_t rows);

} // namespace bitgrain::cosim
