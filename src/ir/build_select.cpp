// Normal form of selects, and what is made of them (ReLU and maximum).
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/derive.hpp"

#include <algorithm>

namespace bitgrain::ir {

namespace {

/// A branch that is itself a select on the same sign: only one side of it can be reached.
Signal reachable(const Netlist& netlist, const Signal& sign, Signal branch, std::size_t side) {
    while (netlist.nodes[branch.node].op == Op::select && netlist.nodes[branch.node].in[0] == sign) {
        const Signal inner = netlist.nodes[branch.node].in[side];
        const Signal moved = Builder::shift(inner, branch.shift);
        branch = branch.negate ? Builder::negate(moved) : moved;
    }
    return branch;
}

} // namespace

Signal Builder::select(Signal sign, Signal if_negative, Signal otherwise) {
    return make_select(sign, if_negative, otherwise, {});
}

Signal Builder::select(Signal sign, Signal if_negative, Signal otherwise, const fx::Interval& known) {
    return make_select(sign, if_negative, otherwise, known);
}

Signal Builder::maximum(Signal a, Signal b) {
    const fx::Interval known = fx::maximum(interval(a), interval(b));
    // Of two multiples of one number the steeper is the larger one where the number is positive.
    if (a.node == b.node && a.negate == b.negate)
        return a.shift < b.shift ? make_select(a, a, b, known) : make_select(a, b, a, known);
    const Signal difference = add(a, negate(b));
    // On a tie both are right, so the sense that the difference already has will do.
    if (difference.negate) return make_select(negate(difference), a, b, known);
    return make_select(difference, b, a, known);
}

Signal Builder::make_select(Signal sign, Signal if_negative, Signal otherwise, const Known& known) {
    if (known && known->is_constant()) return constant(known->lo, known->fraction);
    sign.shift = 0;
    const fx::Interval of_sign = interval(sign);
    if (of_sign.hi < 0) return if_negative;
    if (of_sign.lo >= 0) return otherwise;
    if_negative = reachable(netlist_, sign, if_negative, 1);
    otherwise = reachable(netlist_, sign, otherwise, 2);
    if (if_negative == otherwise) return otherwise;

    // -v < 0 differs from v >= 0 only where v is zero, and there both branches are zero if they are zero or multiples
    // of v.
    const auto zero_with_sign = [&sign](const Signal& s) { return s.node == 0 || s.node == sign.node; };
    if (sign.negate && zero_with_sign(if_negative) && zero_with_sign(otherwise)) {
        return make_select(negate(sign), otherwise, if_negative, known);
    }
    // A branch may have one value only where it is taken (-v for v <= 0 is zero on the side of v >= 0).
    for (Signal* const branch : {&if_negative, &otherwise}) {
        const fx::Interval taken = branch_interval(netlist_, sign, *branch, branch == &if_negative);
        if (taken.is_constant()) *branch = constant(taken.lo, taken.fraction);
    }
    if (if_negative == otherwise) return otherwise;

    const int base = if_negative.node == 0 ? otherwise.shift
                     : otherwise.node == 0 ? if_negative.shift
                                           : std::min(if_negative.shift, otherwise.shift);
    const auto negative_or_zero = [](const Signal& s) { return s.node == 0 || s.negate; };
    const bool negative = negative_or_zero(if_negative) && negative_or_zero(otherwise);
    Node node;
    node.op = Op::select;
    node.operands = 3;
    node.in = {sign, shift(if_negative, -base), shift(otherwise, -base)};
    if (negative) node = flipped(node);

    if ((node.in[1].negate || node.in[2].negate) && !find(node)) {
        if (const auto existing = find(flipped(node))) return {*existing, base, true};
    }
    Known of_node;
    if (known) of_node = fx::scale(negative ? fx::negate(*known) : *known, -base);
    const Signal result = shift(intern(node, of_node), base);
    return negative ? negate(result) : result;
}

} // namespace bitgrain::ir
