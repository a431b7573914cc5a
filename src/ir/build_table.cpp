// Normal form of tables and products.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/derive.hpp"

#include <algorithm>
#include <utility>

namespace bitgrain::ir {

namespace {

/// Takes the common power of two out of the codes; returns its exponent.
int take_common_shift(std::vector<std::int64_t>& codes) {
    std::uint64_t bits = 0;
    for (const std::int64_t code : codes)
        bits |= static_cast<std::uint64_t>(code);
    const int zeros = bits == 0 ? 0 : std::countr_zero(bits);
    for (std::int64_t& code : codes)
        code = fx::shift_right(code, zeros);
    return zeros;
}

/// +1 or -1 when entry k is (plus or minus) the k-th code of the key, else 0.
int identity_sign(const std::vector<std::int64_t>& codes, std::int64_t first) {
    bool plus = true, minus = true;
    for (std::size_t k = 0; k < codes.size(); ++k) {
        const std::int64_t code = first + static_cast<std::int64_t>(k);
        plus = plus && codes[k] == code;
        minus = minus && codes[k] == -code;
    }
    return plus ? 1 : minus ? -1 : 0;
}

} // namespace

Signal Builder::table(Signal a, const Table& table) {
    const fx::Interval in = interval(a);
    CHECK(static_cast<std::int64_t>(table.codes.size()) == table.key.hi - table.key.lo + 1,
          "a table needs one entry per code of its key");
    CHECK(table.key.contains(in), "the looked-up signal leaves the key of its table");
    // Entry of every code the signal can have, in its own grid (a coarser one skips entries).
    std::vector<std::int64_t> codes;
    codes.reserve(static_cast<std::size_t>(in.hi - in.lo + 1));
    for (std::int64_t code = in.lo; code <= in.hi; ++code) {
        const std::int64_t address = fx::to_fraction(code, in.fraction, table.key.fraction) - table.key.lo;
        codes.push_back(table.codes[static_cast<std::size_t>(address)]);
    }
    return identity_or_table(a, std::move(codes), table.fraction);
}

Signal Builder::identity_or_table(Signal a, std::vector<std::int64_t> codes, int fraction) {
    if (std::all_of(codes.begin(), codes.end(), [&codes](std::int64_t code) { return code == codes[0]; })) {
        return constant(codes[0], fraction);
    }
    // Address by the node itself: its codes run the other way when the edge negates; the edge's shift changes no code.
    if (a.negate) std::reverse(codes.begin(), codes.end());
    const fx::Interval key = netlist_.nodes[a.node].interval;
    const int exponent = take_common_shift(codes) - fraction;
    if (const int sign = identity_sign(codes, key.lo); sign != 0) return {a.node, exponent + key.fraction, sign < 0};

    std::string bytes = std::to_string(key.lo) + ',' + std::to_string(key.fraction);
    for (const std::int64_t code : codes)
        bytes += ',' + std::to_string(code);
    const auto [found, is_new] = table_ids_.try_emplace(bytes, static_cast<std::uint32_t>(netlist_.tables.size()));
    if (is_new) netlist_.tables.push_back({key, std::move(codes), 0});
    Node node;
    node.op = Op::table;
    node.operands = 1;
    node.payload = found->second;
    node.in[0] = {a.node, 0, false};
    return shift(intern(node), exponent);
}

Signal Builder::mul(Signal a, Signal b) {
    if (a.node == 0 || b.node == 0) return zero();
    const fx::Interval x = interval(a), y = interval(b);
    if (x.is_constant() && y.is_constant()) {
        const fx::Interval product = fx::multiply(x, y);
        return constant(product.lo, product.fraction);
    }
    if (y.is_constant()) return mul(b, a);
    const bool negative = a.negate != b.negate;
    // Constants are odd, so a power of two is a shift of one.
    if (x.is_constant() && netlist_.nodes[a.node].interval.lo == 1) return {b.node, a.shift + b.shift, negative};
    Node node;
    node.op = Op::mul;
    node.operands = 2;
    node.in[0] = {std::min(a.node, b.node), 0, false};
    node.in[1] = {std::max(a.node, b.node), 0, false};
    const Signal product = shift(intern(node), a.shift + b.shift);
    return negative ? negate(product) : product;
}

} // namespace bitgrain::ir
