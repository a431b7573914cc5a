#include "ir/derive.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <cstring>
#include <tuple>

namespace bitgrain::ir {

namespace {

fx::Interval mul_interval(const Netlist& netlist, const Node& node) {
    const fx::Interval a = interval(netlist, node.in[0]), b = interval(netlist, node.in[1]);
    fx::Interval product = fx::multiply(a, b);
    if (node.in[0].node == node.in[1].node && a.lo < 0) {
        // A square: the mixed corner lo * hi cannot occur.
        product.lo = a.hi < 0 ? product.lo : 0;
    }
    return product;
}

fx::Interval table_interval(const Table& table) {
    const auto [lo, hi] = std::minmax_element(table.codes.begin(), table.codes.end());
    return {*lo, *hi, table.fraction};
}

} // namespace

fx::Interval branch_interval(const Netlist& netlist, const Signal& sign, const Signal& branch, bool negative) {
    if (branch.node != sign.node) return interval(netlist, branch);
    fx::Interval node = netlist.nodes[sign.node].interval;
    // The sign signal is +node or -node; "negative" means node <= -1 or node >= 1, else node >= 0 or node <= 0.
    if (negative && !sign.negate) node.hi = std::min<std::int64_t>(node.hi, -1);
    if (negative && sign.negate) node.lo = std::max<std::int64_t>(node.lo, 1);
    if (!negative && !sign.negate) node.lo = std::max<std::int64_t>(node.lo, 0);
    if (!negative && sign.negate) node.hi = std::min<std::int64_t>(node.hi, 0);
    const fx::Interval scaled = fx::scale(node, branch.shift);
    return branch.negate ? fx::negate(scaled) : scaled;
}

fx::Interval derive_interval(const Netlist& netlist, const Node& node) {
    switch (node.op) {
    case Op::input:
    case Op::constant:
        return node.interval;
    case Op::add: {
        fx::Interval sum = interval(netlist, node.in[0]);
        for (std::size_t i = 1; i < node.operands; ++i)
            sum = fx::add(sum, interval(netlist, node.in[i]));
        return sum;
    }
    case Op::cast:
        return fx::cast(interval(netlist, node.in[0]), netlist.casts[node.payload]);
    case Op::select:
        return fx::hull(branch_interval(netlist, node.in[0], node.in[1], true),
                        branch_interval(netlist, node.in[0], node.in[2], false));
    case Op::table:
        return table_interval(netlist.tables[node.payload]);
    case Op::mul:
        return mul_interval(netlist, node);
    }
    return {};
}

fx::Interval cut(const fx::Interval& derived, const fx::Interval& known) {
    fx::Interval inner = known;
    if (known.fraction > derived.fraction) {
        const int drop = known.fraction - derived.fraction;
        inner = {-fx::shift_right(-known.lo, drop), fx::shift_right(known.hi, drop), derived.fraction};
    } else if (known.fraction < derived.fraction) {
        inner = fx::to_fraction(known, derived.fraction);
    }
    const fx::Interval result{std::max(derived.lo, inner.lo), std::min(derived.hi, inner.hi), derived.fraction};
    CHECK(result.lo <= result.hi, "the known interval has no value in common with the operands' interval");
    return result;
}

bool drops_bits(const fx::Interval& in, const fx::Cast& cast) {
    return in.fraction > cast.format.fraction;
}

std::string identity(const Node& node) {
    std::string bytes;
    const auto put = [&bytes](std::int64_t value) {
        char raw[sizeof value];
        std::memcpy(raw, &value, sizeof value);
        bytes.append(raw, sizeof value);
    };
    put(static_cast<std::int64_t>(node.op));
    put(node.payload);
    for (std::size_t i = 0; i < node.operands; ++i) {
        put(node.in[i].node);
        put(node.in[i].shift);
        put(node.in[i].negate ? 1 : 0);
    }
    return bytes;
}

void sort_operands(Node& add) {
    std::sort(add.in.begin(), add.in.begin() + add.operands, [](const Signal& a, const Signal& b) {
        return std::tuple(a.negate, a.node, a.shift) < std::tuple(b.negate, b.node, b.shift);
    });
}

Node flipped(const Node& node) {
    Node result = node;
    const std::size_t first = node.op == Op::select ? 1 : 0;
    for (std::size_t i = first; i < node.operands; ++i) {
        if (result.in[i].node != 0) result.in[i].negate = !result.in[i].negate;
    }
    if (node.op == Op::add) sort_operands(result);
    return result;
}

} // namespace bitgrain::ir
