#include "cmvm/depth_rule.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <vector>

namespace bitgrain::cmvm {

namespace {

/// Depths told apart below the deepest limit: B^span * 2^20 terms stay within 62 bits.
constexpr int span_of_two = 40;
constexpr int span_of_three = 25;

} // namespace

int least_depth(std::span<const int> depths, int operands) {
    if (depths.empty()) return 0;
    std::vector<int> sorted(depths.begin(), depths.end());
    std::sort(sorted.begin(), sorted.end());
    // Terms of the lowest depth are merged B at a time; ceil(ceil(x / B) / B) = ceil(x / B^2) makes this exact.
    int depth = sorted.front();
    std::size_t next = 0, count = 0;
    while (true) {
        while (next < sorted.size() && sorted[next] == depth) {
            ++next;
            ++count;
        }
        if (count == 1) {
            if (next == sorted.size()) return depth;
            depth = sorted[next]; // waits
            continue;
        }
        count = (count + static_cast<std::size_t>(operands) - 1) / static_cast<std::size_t>(operands);
        ++depth;
    }
}

DepthRule::DepthRule(int operands, std::optional<int> deepest) : limited_(deepest.has_value()), operands_(operands) {
    CHECK(operands == 2 || operands == 3, "adders have two or three operands");
    const int span = operands == 2 ? span_of_two : span_of_three;
    last_ = span + 1;
    floor_ = deepest.value_or(0) - span;
    weights_[0] = 1;
    for (std::size_t i = 1; i <= static_cast<std::size_t>(last_); ++i)
        weights_[i] = weights_[i - 1] * operands;
}

int DepthRule::depth_for(std::int64_t total) const {
    if (!limited_) return 0;
    int depth = floor_;
    while (depth < floor_ + last_ && weight(depth) < total)
        ++depth;
    return depth;
}

} // namespace bitgrain::cmvm
