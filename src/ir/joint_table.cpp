#include "ir/joint_table.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::ir {

namespace {

struct Part {
    fx::Interval interval;
    int width = 0;
    int offset = 0; ///< of its lowest bit in the key
};

/// Entry of one key: bits that no code of an input has read the entry of its nearest code.
std::size_t entry_of(std::uint64_t key, const std::vector<Part>& parts) {
    std::size_t index = 0, stride = 1;
    for (const Part& part : parts) {
        const fx::Format own{part.interval.is_signed(), part.width - (part.interval.is_signed() ? 1 : 0), 0};
        const std::int64_t bits = fx::shift_right(static_cast<std::int64_t>(key), part.offset);
        const std::int64_t code = fx::cast(bits, 0, {own, fx::Round::trn, fx::Overflow::wrap});
        const std::int64_t reached = std::clamp(code, part.interval.lo, part.interval.hi);
        index += stride * static_cast<std::size_t>(reached - part.interval.lo);
        stride *= static_cast<std::size_t>(part.interval.hi - part.interval.lo + 1);
    }
    return index;
}

} // namespace

Signal joint_table(Builder& builder, std::span<const Signal> inputs, const std::vector<std::int64_t>& codes,
                   int fraction) {
    CHECK(!inputs.empty(), "a table needs an input");
    if (inputs.size() == 1) return builder.table(inputs[0], {builder.interval(inputs[0]), codes, fraction});
    std::vector<Part> parts;
    int bits = 0;
    std::size_t combinations = 1;
    Signal key;
    for (const Signal& input : inputs) {
        const fx::Interval interval = builder.interval(input);
        CHECK(!interval.is_constant(), "a constant is no input of a table");
        const int width = interval.width();
        // The bits of the code as a whole number from 0 up, above those of the inputs before.
        const fx::Format plain{false, width - interval.fraction, interval.fraction};
        const Signal raw = builder.cast(input, {plain, fx::Round::trn, fx::Overflow::wrap});
        key = builder.add(key, Builder::shift(raw, interval.fraction + bits));
        parts.push_back({interval, width, bits});
        bits += width;
        combinations *= static_cast<std::size_t>(interval.hi - interval.lo + 1);
    }
    CHECK(bits <= most_joint_bits, "too many inputs for one table");
    CHECK(combinations == codes.size(), "a table needs one entry per combination of its inputs");
    // The key has no finer bits than the first input has, and none above the last one.
    const fx::Interval reached = builder.interval(key);
    ir::Table table{fx::to_fraction(reached, 0), {}, fraction};
    for (std::int64_t k = table.key.lo; k <= table.key.hi; ++k)
        table.codes.push_back(codes[entry_of(static_cast<std::uint64_t>(k), parts)]);
    return builder.table(key, table);
}

} // namespace bitgrain::ir
