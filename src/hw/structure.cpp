#include "hw/structure.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>

namespace bitgrain::hw {

bool is_constant(const ir::Netlist& netlist, ir::NodeId node) {
    return netlist.nodes[node].interval.is_constant();
}

Operand operand(const ir::Netlist& netlist, const ir::Signal& signal) {
    Operand result;
    result.node = signal.node;
    if (is_constant(netlist, signal.node)) {
        const fx::Interval value = ir::interval(netlist, signal);
        result.is_constant = true;
        result.lsb = -value.fraction;
        result.code = value.lo;
        for (; result.code != 0 && result.code % 2 == 0; result.code /= 2)
            ++result.lsb;
        result.width = fx::Interval{result.code, result.code, 0}.width();
        result.is_signed = result.code < 0;
        return result;
    }
    const fx::Interval& interval = netlist.nodes[signal.node].interval;
    result.lsb = signal.shift - interval.fraction;
    result.width = interval.width();
    result.is_signed = interval.is_signed();
    result.negate = signal.negate;
    return result;
}

AddStructure add_structure(const ir::Netlist& netlist, ir::NodeId id) {
    const ir::Node& node = netlist.nodes[id];
    CHECK(node.op == ir::Op::add, "not an add");
    AddStructure add;
    for (std::size_t k = 0; k < node.operands; ++k) {
        const Operand term = operand(netlist, node.in[k]);
        if (term.width > 0) add.operands[static_cast<std::size_t>(add.count++)] = term;
    }
    add.lsb = -node.interval.fraction;
    add.msb = add.lsb + node.interval.width() - 1;
    const auto begin = add.operands.begin(), end = begin + add.count;
    const auto finest = std::min_element(begin, end, [](const Operand& a, const Operand& b) { return a.lsb < b.lsb; });
    CHECK(finest != end && finest->lsb == add.lsb, "an add lies on the finest grid of its operands");
    // A subtracted operand borrows from its lowest bit on; below all others, an added one passes through.
    add.chain_lsb = finest->negate ? finest->lsb : add.msb + 1;
    for (auto other = begin; other != end; ++other) {
        if (other != finest) add.chain_lsb = std::min(add.chain_lsb, other->lsb);
    }
    if (finest->lsb < add.chain_lsb) add.low = static_cast<int>(finest - begin);
    const auto reaches = [&add](const Operand& o) { return o.reaches(add.chain_lsb); };
    add.terms = static_cast<int>(std::count_if(begin, end, reaches));
    for (auto term = begin; term != end; ++term) {
        if (reaches(*term)) {
            const int high = term->msb() + (term->is_signed ? 0 : 1);
            add.operand_bits = std::max(add.operand_bits, high - add.chain_lsb + 1);
        }
    }
    const bool subtracts = std::any_of(begin, end, [&](const Operand& o) { return o.negate && reaches(o); });
    add.chain = add.msb >= add.chain_lsb && (add.terms > 1 || subtracts);
    return add;
}

CastStructure cast_structure(const ir::Netlist& netlist, ir::NodeId id) {
    const ir::Node& node = netlist.nodes[id];
    CHECK(node.op == ir::Op::cast, "not a cast");
    const fx::Cast& cast = netlist.casts[node.payload];
    const fx::Interval in = ir::interval(netlist, node.in[0]);
    CastStructure result;
    result.operand = operand(netlist, node.in[0]);
    result.negate = result.operand.negate;
    result.lsb = -cast.format.fraction;
    result.round = cast.round != fx::Round::trn && in.fraction > cast.format.fraction;
    result.convergent = cast.round == fx::Round::rnd_conv;

    // The value between rounding and overflow: the same cast into the widest format there is.
    fx::Cast wide = cast;
    wide.overflow = fx::Overflow::sat;
    wide.format = {true, fx::max_code_bits - 1 - cast.format.fraction, cast.format.fraction};
    const std::int64_t lo = fx::cast(in.lo, in.fraction, wide), hi = fx::cast(in.hi, in.fraction, wide);
    const fx::Interval limits = fx::range_of(cast);
    result.clamp = cast.overflow != fx::Overflow::wrap && (lo < limits.lo || hi > limits.hi);
    if (result.round) {
        result.rounded_width = fx::Interval{std::min<std::int64_t>(lo, -1), hi, 0}.width();
    } else if (result.clamp) {
        // By position: on a much finer grid the codes themselves may not fit 62 bits.
        result.rounded_width = in.width() + (in.lo >= 0 ? 1 : 0) - in.fraction - result.lsb;
    }
    if (result.clamp) {
        const fx::Format container = fx::format_of(node.interval);
        result.symmetric = lo < limits.lo && limits.lo != container.min_code();
        CHECK(node.interval.fraction == cast.format.fraction, "a clamped value lies on the grid of its format");
        CHECK(!result.symmetric || limits.lo == container.min_code() + 1,
              "a clamp does not match the width of its result");
        CHECK(hi <= limits.hi || limits.hi == container.max_code(), "a clamp does not match the width of its result");
    }
    return result;
}

bool is_wiring(const ir::Netlist& netlist, ir::NodeId id) {
    const ir::Op op = netlist.nodes[id].op;
    if (op == ir::Op::cast) {
        const CastStructure cast = cast_structure(netlist, id);
        return !cast.negate && !cast.round && !cast.clamp;
    }
    return op == ir::Op::add && !add_structure(netlist, id).chain;
}

std::vector<bool> live(const ir::Netlist& netlist) {
    std::vector<bool> needed(netlist.nodes.size(), false);
    for (const ir::Output& output : netlist.outputs) {
        if (!is_constant(netlist, output.signal.node)) needed[output.signal.node] = true;
    }
    for (std::size_t i = netlist.nodes.size(); i-- > 0;) {
        if (!needed[i]) continue;
        for_each_read(netlist, static_cast<ir::NodeId>(i), [&needed](const ir::Signal& s) { needed[s.node] = true; });
    }
    return needed;
}

std::vector<ir::Signal> negated_outputs(const ir::Netlist& netlist) {
    std::vector<ir::Signal> result;
    std::vector<bool> seen(netlist.nodes.size(), false);
    for (const ir::Output& output : netlist.outputs) {
        const ir::NodeId node = output.signal.node;
        if (seen[node] || !operand(netlist, output.signal).negate) continue;
        seen[node] = true;
        result.push_back(output.signal);
    }
    return result;
}

} // namespace bitgrain::hw
