#include "data/npy.hpp"

#include "base/error.hpp"
#include "base/file.hpp"
#include "data/bytes.hpp"
#include "data/cell.hpp"
#include "data/inflate.hpp"
#include "data/npy_header.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace bitgrain::data {

namespace {

/// The bit pattern of an IEEE 754 binary16: sign, 5 bits exponent (bias 15), 10 bits fraction.
struct Half {
    std::uint16_t bits;
};

double to_double(Half half) {
    const int fraction = half.bits % 1024, exponent = half.bits / 1024 % 32;
    double magnitude = 0;
    if (exponent == 0)
        magnitude = std::ldexp(fraction, -24);
    else if (exponent < 31)
        magnitude = std::ldexp(1024 + fraction, exponent - 25);
    else if (fraction == 0)
        magnitude = std::numeric_limits<double>::infinity();
    else
        magnitude = std::numeric_limits<double>::quiet_NaN();
    return half.bits < 0x8000 ? magnitude : -magnitude;
}

template <class T>
double to_double(T value) {
    if constexpr (std::is_same_v<T, bool>)
        return value ? 1 : 0;
    else
        return static_cast<double>(value);
}

template <class T>
constexpr bool may_be_inexact = std::is_integral_v<T> && sizeof(T) == 8;

/// The elements in the order of the file.
template <class T, bool swapped>
std::vector<double> decode(const char* data, const NpyHeader& header, const std::string& where) {
    std::vector<double> values(header.count);
    for (std::size_t i = 0; i < header.count; ++i) {
        const T value = load<T, swapped>(data + i * sizeof(T));
        values[i] = to_double(value);
        if constexpr (may_be_inexact<T>) {
            // The comparison is exact: a larger integer never becomes a double below 2^53.
            if (std::abs(values[i]) >= largest_exact && (std::abs(values[i]) > largest_exact || value % 2 != 0)) {
                throw Error("the integer " + std::to_string(value) + " at " +
                                element_place(i, header.shape, header.fortran_order) + " is beyond 2^53",
                            where, "integers up to 9007199254740992 can be read exactly");
            }
        }
    }
    return values;
}

template <bool swapped>
std::vector<double> decode(const char* data, const NpyHeader& header, const std::string& where) {
    const std::size_t size = header.element_size;
    switch (header.kind) {
    case ElementKind::boolean:
        break;
    case ElementKind::signed_integer:
        if (size == 1) return decode<std::int8_t, swapped>(data, header, where);
        if (size == 2) return decode<std::int16_t, swapped>(data, header, where);
        if (size == 4) return decode<std::int32_t, swapped>(data, header, where);
        return decode<std::int64_t, swapped>(data, header, where);
    case ElementKind::unsigned_integer:
        if (size == 1) return decode<std::uint8_t, swapped>(data, header, where);
        if (size == 2) return decode<std::uint16_t, swapped>(data, header, where);
        if (size == 4) return decode<std::uint32_t, swapped>(data, header, where);
        return decode<std::uint64_t, swapped>(data, header, where);
    case ElementKind::floating:
        if (size == 2) return decode<Half, swapped>(data, header, where);
        if (size == 4) return decode<float, swapped>(data, header, where);
        return decode<double, swapped>(data, header, where);
    }
    std::vector<double> values = decode<std::uint8_t, swapped>(data, header, where);
    for (double& value : values)
        value = value != 0 ? 1 : 0;
    return values;
}

/// Reorders values whose first index varies fastest into row-major order.
std::vector<double> to_row_major(const std::vector<double>& values, const std::vector<std::size_t>& shape) {
    const std::size_t rank = shape.size();
    std::vector<std::size_t> stride(rank, 1), index(rank, 0);
    for (std::size_t axis = 1; axis < rank; ++axis)
        stride[axis] = stride[axis - 1] * shape[axis - 1];
    std::vector<double> result(values.size());
    std::size_t from = 0;
    for (double& value : result) {
        value = values[from];
        for (std::size_t axis = rank; axis-- > 0;) {
            from += stride[axis];
            if (++index[axis] < shape[axis]) break;
            from -= stride[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    return result;
}

} // namespace

std::string element_place(std::size_t flat, const std::vector<std::size_t>& shape, bool fortran_order) {
    const std::size_t rank = shape.size();
    std::vector<std::size_t> index(rank);
    for (std::size_t i = 0; i < rank; ++i) {
        const std::size_t axis = fortran_order ? i : rank - 1 - i;
        index[axis] = flat % shape[axis];
        flat /= shape[axis];
    }
    std::string text = "element [";
    for (std::size_t axis = 0; axis < rank; ++axis)
        text += (axis == 0 ? "" : ", ") + std::to_string(index[axis]);
    return text + "]";
}

Array parse_npy(std::string_view bytes, const std::string& where) {
    const NpyHeader header = parse_npy_header(bytes, where);
    const std::size_t expected = header.count * header.element_size, found = bytes.size() - header.data_offset;
    if (found != expected) {
        throw Error("the header promises " + std::to_string(expected) + " bytes of data but " + std::to_string(found) +
                        " follow" + (found < expected ? ", the file is cut off" : ""),
                    where);
    }
    Array array;
    array.shape = header.shape;
    array.integral = header.kind != ElementKind::floating;
    const char* data = bytes.data() + header.data_offset;
    array.values = header.swapped ? decode<true>(data, header, where) : decode<false>(data, header, where);
    const bool reorder = header.fortran_order && header.shape.size() > 1;
    if (reorder) array.values = to_row_major(array.values, array.shape);
    return array;
}

Array read_npy(const std::filesystem::path& path) {
    return parse_npy(read_unpacked(path), path.string());
}

void write_npy(const std::filesystem::path& path, const Array& array) {
    std::size_t count = 1;
    std::string shape;
    for (const std::size_t size : array.shape) {
        count *= size;
        shape += (shape.empty() ? "" : ", ") + std::to_string(size);
    }
    if (array.shape.size() == 1) shape += ","; // Python's tuple of one
    CHECK(count == array.values.size(), "the array has as many values as its shape says");
    std::string header = std::string("{'descr': '") + (array.integral ? "<i8" : "<f8") +
                         "', 'fortran_order': False, 'shape': (" + shape + "), }";
    const std::size_t preamble = 10, alignment = 64;
    while ((preamble + header.size() + 1) % alignment != 0)
        header += ' ';
    header += '\n';
    CHECK(header.size() <= std::numeric_limits<std::uint16_t>::max(), "the shape fits a header of version 1.0");

    std::string bytes("\x93NUMPY\x01\x00", 8);
    bytes += static_cast<char>(header.size() % 256);
    bytes += static_cast<char>(header.size() / 256);
    bytes += header;
    bytes.reserve(bytes.size() + count * sizeof(double));
    for (const double value : array.values) {
        CHECK(!array.integral || is_integer(value), "an integral array holds integers up to 2^53");
        const std::uint64_t bits = array.integral ? static_cast<std::uint64_t>(static_cast<std::int64_t>(value))
                                                  : std::bit_cast<std::uint64_t>(value);
        std::array<char, sizeof bits> out;
        std::memcpy(out.data(), &bits, sizeof bits);
        if constexpr (std::endian::native == std::endian::big) std::reverse(out.begin(), out.end());
        bytes.append(out.data(), out.size());
    }
    write_file(path, bytes);
}

} // namespace bitgrain::data
