#include "hw/parts.hpp"

namespace bitgrain::hw {

const char* name(Part part) {
    switch (part) {
    case Part::sum_bit:
        return "sum_bit";
    case Part::triple_bit:
        return "triple_bit";
    case Part::through_bit:
        return "through_bit";
    case Part::invert_bit:
        return "invert_bit";
    case Part::mask_bit:
        return "mask_bit";
    case Part::mux_bit:
        return "mux_bit";
    case Part::decision:
        return "decision";
    case Part::table:
        return "table";
    case Part::product_bit:
        return "product_bit";
    }
    return "";
}

Parts& Parts::operator+=(const Parts& other) {
    for (std::size_t i = 0; i < part_kinds; ++i)
        count[i] += other.count[i];
    return *this;
}

double dot(const Parts& count, const Parts& price) {
    double sum = 0.0;
    for (std::size_t i = 0; i < part_kinds; ++i)
        sum += count.count[i] * price.count[i];
    return sum;
}

} // namespace bitgrain::hw
