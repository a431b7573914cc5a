// Where a kernel that is used at several positions reads: at each position some segments of x, each a run of elements
// that follow each other. A dense layer has one position and one segment, all of x; one that acts on the last axis a
// position for each run of that axis; a convolution a segment for each row of its window.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace bitgrain::nn {

struct Windows {
    std::size_t depth = 0;            ///< elements of a segment
    std::size_t segments = 1;         ///< of a position
    std::vector<std::uint32_t> start; ///< [position][segment]: element of x where it begins
    /// The element of the quantised value that element e of x is, -1 for padding. Empty: the same one.
    std::vector<std::int32_t> source;

    std::size_t positions() const { return start.size() / segments; }
    std::size_t rows() const { return segments * depth; } ///< of the kernel
    /// Calls visit(kernel row, element of the quantised value) for every use of one that is not padding.
    template <class Visit>
    void each_use(const Visit& visit) const {
        for (std::size_t k = 0; k < start.size(); ++k) {
            for (std::size_t d = 0; d < depth; ++d) {
                const std::size_t x = start[k] + d;
                const std::int64_t element = source.empty() ? static_cast<std::int64_t>(x) : source[x];
                if (element >= 0) visit(k % segments * depth + d, static_cast<std::size_t>(element));
            }
        }
    }
};

/// All of x at one position.
inline Windows one_window(std::size_t size) {
    return {size, 1, {0}, {}};
}

} // namespace bitgrain::nn
