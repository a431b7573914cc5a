// Normal form of sums: constants merged, equal operands merged, shift and sign on the returned edge.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/derive.hpp"

#include <algorithm>
#include <limits>

namespace bitgrain::ir {

namespace {

/// The sum of two edges of one node when it is an edge of that node again: a + a = 2a, a - a = 0, 2a - a = a.
std::optional<Signal> merged(const Signal& a, const Signal& b) {
    if (a.node != b.node) return std::nullopt;
    if (a.shift == b.shift) {
        return a.negate == b.negate ? Builder::shift(a, 1) : Builder::zero();
    }
    if (a.negate == b.negate) return std::nullopt;
    if (a.shift == b.shift + 1) return Signal{a.node, b.shift, a.negate};
    if (b.shift == a.shift + 1) return Signal{a.node, a.shift, b.negate};
    return std::nullopt;
}

/// Merges any two operands that merge; false when none do.
bool merge_once(std::vector<Signal>& operands) {
    for (std::size_t i = 0; i < operands.size(); ++i) {
        for (std::size_t j = i + 1; j < operands.size(); ++j) {
            const auto sum = merged(operands[i], operands[j]);
            if (!sum) continue;
            operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(j));
            operands.erase(operands.begin() + static_cast<std::ptrdiff_t>(i));
            if (sum->node != 0) operands.push_back(*sum);
            return true;
        }
    }
    return false;
}

} // namespace

Signal Builder::add(Signal a, Signal b) {
    return add_many({a, b}, {});
}
Signal Builder::add(Signal a, Signal b, Signal c) {
    return add_many({a, b, c}, {});
}
Signal Builder::add(Signal a, Signal b, const fx::Interval& known) {
    return add_many({a, b}, known);
}
Signal Builder::add(Signal a, Signal b, Signal c, const fx::Interval& known) {
    return add_many({a, b, c}, known);
}

Signal Builder::add_many(const std::vector<Signal>& operands, const Known& known) {
    if (known && known->is_constant()) return constant(known->lo, known->fraction);

    fx::Interval constants;
    std::vector<Signal> rest;
    for (const Signal& operand : operands) {
        if (netlist_.nodes[operand.node].op == Op::constant) {
            constants = fx::add(constants, interval(operand));
        } else {
            rest.push_back(operand);
        }
    }
    while (merge_once(rest)) {
    }
    if (!constants.is_zero()) rest.push_back(constant(constants.lo, constants.fraction));
    if (rest.empty()) return zero();
    if (rest.size() == 1) return rest[0];

    int base = std::numeric_limits<int>::max();
    for (const Signal& operand : rest)
        base = std::min(base, operand.shift);
    const bool negative = std::all_of(rest.begin(), rest.end(), [](const Signal& s) { return s.negate; });
    Node node;
    node.op = Op::add;
    node.operands = static_cast<std::uint8_t>(rest.size());
    for (std::size_t i = 0; i < rest.size(); ++i) {
        node.in[i] = {rest[i].node, rest[i].shift - base, rest[i].negate != negative};
    }
    sort_operands(node);

    // With a negative operand the sum has two senses; the one that exists serves both.
    if (node.in[node.operands - 1u].negate && !find(node)) {
        if (const auto existing = find(flipped(node))) return {*existing, base, true};
    }
    Known of_node;
    if (known) of_node = fx::scale(negative ? fx::negate(*known) : *known, -base);
    const Signal sum = shift(intern(node, of_node), base);
    return negative ? negate(sum) : sum;
}

} // namespace bitgrain::ir
