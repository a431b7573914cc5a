#include "cmvm/depth_rule.hpp"

#include "base/error.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace bitgrain::cmvm {

namespace {

/// Depths told apart below the deepest limit: B^span * 2^20 terms stay within 62 bits.
constexpr int span_of_two = 40;
constexpr int span_of_three = 25;

template <int Base, int Span>
constexpr std::array<std::int64_t, Span + 2> powers() {
    std::array<std::int64_t, Span + 2> all{};
    all[0] = 1;
    for (std::size_t i = 1; i < all.size(); ++i)
        all[i] = all[i - 1] * Base;
    return all;
}
constexpr auto powers_of_two = powers<2, span_of_two>();
constexpr auto powers_of_three = powers<3, span_of_three>();

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
    if (deepest) floor_ = *deepest - (operands == 2 ? span_of_two : span_of_three);
}

std::int64_t DepthRule::weight(int depth) const {
    if (!limited_) return 0;
    const auto index = static_cast<std::size_t>(std::max(0, depth - floor_));
    if (operands_ == 2) return powers_of_two[std::min(index, powers_of_two.size() - 1)];
    return powers_of_three[std::min(index, powers_of_three.size() - 1)];
}

int DepthRule::depth_for(std::int64_t total) const {
    if (!limited_) return 0;
    int depth = floor_;
    const int last = floor_ + (operands_ == 2 ? span_of_two : span_of_three) + 1;
    while (depth < last && weight(depth) < total)
        ++depth;
    return depth;
}

} // namespace bitgrain::cmvm
