// The parts of the solver against slow and obvious versions of themselves.
#include "base/random.hpp"
#include "cmvm/adder_cost.hpp"
#include "cmvm/depth_rule.hpp"
#include "cmvm/pattern_index.hpp"
#include "cmvm/sum_tree.hpp"
#include "cmvm/term_counts.hpp"
#include "cmvm/tree_swaps.hpp"

#include <algorithm>
#include <catch2/catch.hpp>
#include <map>
#include <vector>

namespace bitgrain::cmvm {

namespace {

/// Tries every order of merging.
int least_depth_by_trying(std::vector<int> depths, int operands) {
    if (depths.size() == 1) return depths[0];
    int least = 1000;
    const auto without = [&](std::vector<std::size_t> gone) {
        std::vector<int> rest;
        int deepest = 0;
        for (std::size_t i = 0; i < depths.size(); ++i) {
            if (std::find(gone.begin(), gone.end(), i) == gone.end()) {
                rest.push_back(depths[i]);
            } else {
                deepest = std::max(deepest, depths[i]);
            }
        }
        rest.push_back(deepest + 1);
        return rest;
    };
    for (std::size_t i = 0; i < depths.size(); ++i) {
        for (std::size_t j = i + 1; j < depths.size(); ++j) {
            least = std::min(least, least_depth_by_trying(without({i, j}), operands));
            for (std::size_t k = j + 1; operands == 3 && k < depths.size(); ++k) {
                least = std::min(least, least_depth_by_trying(without({i, j, k}), operands));
            }
        }
    }
    return least;
}

} // namespace

TEST_CASE("the least depth equals the best of all trees", "[cmvm]") {
    Random random(1);
    for (int round = 0; round < 200; ++round) {
        std::vector<int> depths(static_cast<std::size_t>(random.integer(1, 6)));
        for (int& d : depths)
            d = static_cast<int>(random.integer(0, 4));
        for (const int operands : {2, 3}) {
            CAPTURE(round, operands, depths);
            REQUIRE(least_depth(depths, operands) == least_depth_by_trying(depths, operands));
        }
    }
}

TEST_CASE("the pattern index counts like a map and pops in order of levels", "[cmvm]") {
    Random random(2);
    PatternIndex index;
    std::map<std::uint64_t, int> expected;
    for (int step = 0; step < 20000; ++step) {
        const auto key = static_cast<std::uint64_t>(random.integer(1, 3000)) << 16;
        if (random.chance(0.55)) {
            REQUIRE(static_cast<int>(index.add(key).count) == ++expected[key]);
        } else if (expected[key] > 0) {
            index.remove(key);
            --expected[key];
        }
    }
    std::size_t present = 0;
    for (const auto& [key, count] : expected) {
        PatternIndex::Entry* entry = index.find(key);
        REQUIRE((entry != nullptr) == (count > 0));
        if (entry == nullptr) continue;
        REQUIRE(static_cast<int>(entry->count) == count);
        ++present;
        index.offer(*entry, key, static_cast<float>(count));
    }
    REQUIRE(index.size() == present);
    int last = 1 << 30;
    std::size_t popped = 0;
    while (const auto candidate = index.pop()) {
        const int count = expected[candidate->key]; // small ones have a level each
        REQUIRE(static_cast<int>(candidate->count) == count);
        REQUIRE(count <= last);
        REQUIRE_FALSE(index.waits_above(static_cast<float>(count)));
        last = count;
        ++popped;
    }
    REQUIRE(popped == present);
}

TEST_CASE("terms are counted like in a map, in every round anew", "[cmvm]") {
    const std::uint64_t seed = 18;
    INFO("seed " << seed);
    Random random(seed);
    TermCounts counts;
    for (int round = 0; round < 30; ++round) {
        const auto signals = static_cast<std::size_t>(random.integer(1, 5 + 3 * round));
        const auto reach = static_cast<int>(random.integer(0, 1 + round / 3));
        // So much that the numbers run out every few rounds.
        counts.begin(signals, reach, std::uint32_t{1} << 30, 2);
        std::map<std::uint64_t, std::uint32_t> slow;
        std::vector<RowTerm> terms;
        for (int k = 0; k < 200; ++k) {
            terms.push_back({static_cast<std::uint32_t>(random.integer(0, static_cast<std::int64_t>(signals) - 1)),
                             static_cast<std::int16_t>(random.integer(-reach, reach)), random.chance(0.5)});
            ++slow[Pattern(RowTerm{0, -100, false}, terms.back()).key()];
            counts.count(terms.back());
        }
        std::size_t repeated = 0;
        for (const auto& [key, count] : slow)
            repeated += count > 1 ? 1 : 0;
        CHECK(counts.listed().size() == repeated);
        for (const RowTerm& term : terms)
            REQUIRE(counts.count_of(term) == slow[Pattern(RowTerm{0, -100, false}, term).key()]);
    }
}

TEST_CASE("a tree meets every limit that can be met", "[cmvm]") {
    Random random(3);
    for (int round = 0; round < 2000; ++round) {
        std::vector<TreeLeaf> leaves(static_cast<std::size_t>(random.integer(1, 24)));
        std::vector<int> depths;
        for (TreeLeaf& leaf : leaves) {
            leaf.depth = static_cast<int>(random.integer(0, 5));
            leaf.value.negate = random.chance(0.5);
            const int lsb = static_cast<int>(random.integer(-6, 6));
            const auto levels = static_cast<double>(random.integer(1, 200));
            leaf.value.range = {random.chance(0.5) ? 0.0 : -levels * power_of_two(lsb), levels * power_of_two(lsb),
                                lsb};
            depths.push_back(leaf.depth);
        }
        const int operands = random.chance(0.5) ? 2 : 3;
        const int limit = least_depth(depths, operands) + static_cast<int>(random.integer(0, 2));
        CAPTURE(round, operands, limit);
        const DepthRule rule(operands, limit + 3);
        TreePlanner planner(rule, {}, 10);
        const Tree tree = planner.plan(leaves, limit);
        REQUIRE(tree.depth <= limit);
        std::size_t removed = 0;
        for (const Merge& merge : tree.merges)
            removed += static_cast<std::size_t>(merge.operands) - 1;
        REQUIRE(removed + 1 == leaves.size());
    }
}

namespace {

/// Bits and depth of a tree, added up from its leaves; every leaf and sum but the last must be used once.
struct Recount {
    std::int64_t bits = 0;
    int depth = 0;
    bool whole = true;
};

Recount recount(const Tree& tree, const std::vector<TreeLeaf>& leaves) {
    std::vector<TreeLeaf> values = leaves;
    std::vector<int> uses(leaves.size() + tree.merges.size(), 0);
    Recount result;
    for (const Merge& merge : tree.merges) {
        int depth = 0;
        for (int k = 0; k < merge.operands; ++k) {
            ++uses[merge.in[k]];
            depth = std::max(depth, values.at(merge.in[k]).depth);
        }
        const SignedRange &a = values[merge.in[0]].value, &b = values[merge.in[1]].value;
        const Joined made = merge.operands == 2 ? join(a, b) : join(a, b, values[merge.in[2]].value);
        if (!made.concatenation) {
            result.bits += adder_cost({made.bits, 0, 0}, static_cast<std::size_t>(merge.operands), LutCosts{});
        }
        values.push_back({made.value, made.concatenation ? depth : depth + 1});
    }
    for (std::size_t i = 0; i + 1 < uses.size(); ++i)
        result.whole = result.whole && uses[i] == 1;
    result.depth = values.back().depth;
    return result;
}

} // namespace

TEST_CASE("exchanges make a tree cheaper and keep its terms and its limit", "[cmvm]") {
    const std::uint64_t seed = 12;
    Random random(seed);
    std::int64_t before = 0, after = 0;
    for (int round = 0; round < 300; ++round) {
        INFO("seed " << seed << " round " << round);
        const int operands = round % 2 == 0 ? 2 : 3;
        std::vector<TreeLeaf> leaves;
        std::vector<int> depths;
        for (auto k = random.integer(1, 14); k > 0; --k) {
            const double size = power_of_two(static_cast<int>(random.integer(1, 10)));
            const Range range =
                scaled({random.chance(0.5) ? 0.0 : -size, size - 1, 0}, static_cast<int>(random.integer(-6, 6)));
            depths.push_back(static_cast<int>(random.integer(0, 3)));
            leaves.push_back({{range, random.chance(0.5)}, depths.back()});
        }
        const int limit = least_depth(depths, operands) + static_cast<int>(random.integer(0, 2));
        const DepthRule rule(operands, limit);
        const Tree plan = TreePlanner(rule, LutCosts{}, 10).plan_best(leaves, limit, 0, seed);
        Tree better = plan;
        TreeSwaps(LutCosts{}).improve(better, leaves, limit);
        const Recount counted = recount(better, leaves);
        REQUIRE(counted.whole);
        REQUIRE(better.merges.size() == plan.merges.size());
        REQUIRE(counted.bits == better.bits);
        REQUIRE(counted.depth == better.depth);
        REQUIRE(better.depth <= limit);
        REQUIRE(better.bits <= plan.bits);
        before += plan.bits;
        after += better.bits;
    }
    REQUIRE(after < before);
}

TEST_CASE("an adder costs the positions between the second-finest grid and its top", "[cmvm]") {
    const OperandBits wide{0, 8, true, false}, high{3, 11, true, false}, above{8, 12, true, false};
    REQUIRE(adder_positions(std::vector<OperandBits>{wide, wide}, 9).total() == 9);
    REQUIRE(adder_positions(std::vector<OperandBits>{wide, high}, 12).total() == 9);
    REQUIRE(adder_positions(std::vector<OperandBits>{wide, above}, 12).total() == 0);
    OperandBits minus = wide;
    minus.negate = true;
    REQUIRE(adder_positions(std::vector<OperandBits>{minus, high}, 12).total() == 12);  // the borrow
    REQUIRE(adder_positions(std::vector<OperandBits>{minus, above}, 13).total() == 13); // no concatenation
    REQUIRE(adder_positions(std::vector<OperandBits>{wide, high, high}, 13).total() == 10);
    REQUIRE(adder_positions(std::vector<OperandBits>{minus, high, high}, 13).total() == 13);
}

TEST_CASE("positions of a chain where operands meet, where one is alone, where that one is inverted", "[cmvm]") {
    const auto split = [](const std::vector<OperandBits>& operands, int result_top) {
        const Positions p = adder_positions(operands, result_top);
        return std::vector<int>{p.both, p.through, p.inverted};
    };
    const OperandBits wide{0, 8, true, false}, narrow{0, 3, true, false}, high{2, 10, true, false};
    const OperandBits sign{0, 8, false, false}, small{0, 6, false, false}, three{0, 2, true, false, true};
    OperandBits minus = narrow, minus_wide = wide;
    minus.negate = minus_wide.negate = true;
    REQUIRE(split({wide, narrow}, 9) == std::vector<int>{3, 6, 0});
    REQUIRE(split({wide, minus}, 9) == std::vector<int>{3, 1, 5});
    REQUIRE(split({sign, narrow}, 9) == std::vector<int>{3, 6, 0});
    REQUIRE(split({sign, small}, 9) == std::vector<int>{8, 1, 0});       // the narrow one's sign is repeated
    REQUIRE(split({wide, three}, 9) == std::vector<int>{0, 5, 4});       // half of its bits are taken to be ones
    REQUIRE(split({minus_wide, high}, 11) == std::vector<int>{6, 1, 4}); // the borrow runs through the low bits
    REQUIRE(split({sign, sign, sign}, 10) == std::vector<int>{9, 1, 0});
    REQUIRE(split({wide, wide, narrow}, 9) == std::vector<int>{9, 0, 0});
    LutCosts costs;
    REQUIRE(adder_cost({3, 1, 5}, 2, costs) == 9); // as any other position
    costs.adder_bit = 108;
    costs.through_bit = 0;
    costs.invert_bit = 72;
    REQUIRE(adder_cost({3, 1, 5}, 2, costs) == 3 * 108 + 5 * 72);
    costs.triple_bit = 99;
    costs.triple = 0;
    REQUIRE(adder_cost({9, 1, 0}, 3, costs) == 9 * 99);
    const SignedRange x{{0, 255, 0}, false}, y{{0, 7, 0}, true}, one{{5, 5, 0}, false};
    const SignedRange *subtracted[] = {&x, &y}, *added[] = {&x, &one};
    REQUIRE(adder_cost(join(x, y), subtracted, costs) == 3 * 108 + 5 * 72);
    REQUIRE(adder_cost(join(x, one), added, costs) == 4 * 72);
}

} // namespace bitgrain::cmvm
