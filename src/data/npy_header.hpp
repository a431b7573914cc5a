// The header of numpy's .npy format, versions 1.0 to 3.0 (numpy.lib.format): a magic string, a length, and a Python
// dictionary as text, {'descr': '<f4', 'fortran_order': False, 'shape': (800, 16), }.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bitgrain::data {

enum class ElementKind { boolean, signed_integer, unsigned_integer, floating };

struct NpyHeader {
    ElementKind kind = ElementKind::floating;
    std::size_t element_size = 0; ///< bytes: 1, 2, 4 or 8
    bool swapped = false;         ///< in the byte order that this machine does not use
    bool fortran_order = false;   ///< the first index varies fastest
    std::vector<std::size_t> shape;
    std::size_t count = 0;       ///< elements, 0 when some dimension is 0
    std::size_t data_offset = 0; ///< where the elements begin
};

/// Error when it is not an .npy file, or an element type that is not a number.
NpyHeader parse_npy_header(std::string_view bytes, const std::string& where);

} // namespace bitgrain::data
