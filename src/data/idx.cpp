#include "data/idx.hpp"

#include "base/error.hpp"
#include "data/bytes.hpp"

namespace bitgrain::data {

namespace {

constexpr bool little = std::endian::native == std::endian::little;

template <class T>
std::vector<double> decode(std::string_view data) {
    std::vector<double> values(data.size() / sizeof(T));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<double>(load<T, little>(data.data() + i * sizeof(T)));
    return values;
}

/// Bytes of an element; 0: no such type.
std::size_t element_size(int type) {
    switch (type) {
    case 0x08:
    case 0x09:
        return 1;
    case 0x0B:
        return 2;
    case 0x0C:
    case 0x0D:
        return 4;
    case 0x0E:
        return 8;
    default:
        return 0;
    }
}

std::vector<double> decode(int type, std::string_view data) {
    switch (type) {
    case 0x08:
        return decode<std::uint8_t>(data);
    case 0x09:
        return decode<std::int8_t>(data);
    case 0x0B:
        return decode<std::int16_t>(data);
    case 0x0C:
        return decode<std::int32_t>(data);
    case 0x0D:
        return decode<float>(data);
    default:
        return decode<double>(data);
    }
}

} // namespace

bool is_idx_name(std::string_view name) {
    if (name.ends_with(".idx")) return true;
    const std::size_t at = name.rfind("idx");
    return at != std::string_view::npos && at + 4 < name.size() && name[at + 3] >= '1' && name[at + 3] <= '9' &&
           name.substr(at + 4) == "-ubyte";
}

Array parse_idx(std::string_view bytes, const std::string& where) {
    if (bytes.size() < 4 || bytes[0] != 0 || bytes[1] != 0) throw Error("this is not an idx file", where);
    const int type = static_cast<unsigned char>(bytes[2]), rank = static_cast<unsigned char>(bytes[3]);
    const std::size_t size = element_size(type), header = 4 + 4 * static_cast<std::size_t>(rank);
    if (size == 0) throw Error("the element type " + std::to_string(type) + " is not one of idx", where);
    if (bytes.size() < header) throw Error("the file ends too early, it is cut off or damaged", where);
    Array array;
    array.integral = type < 0x0D;
    const std::size_t found = (bytes.size() - header) / size;
    std::size_t count = 1;
    for (int d = 0; d < rank; ++d) {
        const std::uint32_t extent = load<std::uint32_t, little>(bytes.data() + 4 + 4 * d);
        array.shape.push_back(extent);
        // Never more than the file holds: no product of damaged sizes can overflow.
        count = extent != 0 && count > found / extent ? found + 1 : count * extent;
    }
    if (count != found || (bytes.size() - header) % size != 0) {
        throw Error("the header promises another number of elements than the " + std::to_string(found) + " that follow",
                    where);
    }
    array.values = decode(type, bytes.substr(header));
    return array;
}

} // namespace bitgrain::data
