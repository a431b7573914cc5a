#include "cmvm/range.hpp"

#include <utility>

namespace bitgrain::cmvm {

namespace {

/// Of a double. A tree may count on a concatenation taking no level, so it must be one without doubt.
constexpr int exact_bits = 53;

} // namespace

Joined join(const SignedRange& a, const SignedRange& b) {
    const bool swap = b.range.lsb < a.range.lsb;
    const SignedRange& low = swap ? b : a;
    const SignedRange& high = swap ? a : b;
    const bool subtract = low.negate != high.negate;
    Joined joined;
    if (!subtract) {
        joined.value = {sum(low.range, high.range), low.negate};
        joined.concatenation =
            low.range.lo >= 0 && top(low.range) <= high.range.lsb && top(high.range) - low.range.lsb <= exact_bits;
        if (joined.concatenation) return joined;
        joined.bits = top(joined.value.range) - high.range.lsb;
        return joined;
    }
    joined.value = {sum(low.range, negated(high.range)), low.negate};
    joined.bits = top(joined.value.range) - high.range.lsb;
    if (low.range.lsb == high.range.lsb) { // both senses cost the same but for the sign position
        const Range other = negated(joined.value.range);
        const int bits = top(other) - high.range.lsb;
        if (bits < joined.bits) {
            joined.value = {other, !low.negate};
            joined.bits = bits;
        }
    }
    return joined;
}

Joined join(const SignedRange& a, const SignedRange& b, const SignedRange& c) {
    const SignedRange* order[3] = {&a, &b, &c};
    if (order[1]->range.lsb < order[0]->range.lsb) std::swap(order[0], order[1]);
    if (order[2]->range.lsb < order[1]->range.lsb) std::swap(order[1], order[2]);
    if (order[1]->range.lsb < order[0]->range.lsb) std::swap(order[0], order[1]);
    const bool negate = order[0]->negate;
    Joined joined;
    joined.value.negate = negate;
    joined.value.range = order[0]->range;
    for (int k = 1; k < 3; ++k) {
        const Range& r = order[k]->range;
        joined.value.range = sum(joined.value.range, order[k]->negate == negate ? r : negated(r));
    }
    joined.bits = top(joined.value.range) - order[1]->range.lsb;
    return joined;
}

} // namespace bitgrain::cmvm
