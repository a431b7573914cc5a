// Normal form of casts. Every rule keeps the value; the interval always comes from fx::cast.
#include "fx/arithmetic.hpp"
#include "ir/builder.hpp"
#include "ir/derive.hpp"

#include <algorithm>
#include <string>

namespace bitgrain::ir {

namespace {

fx::Format moved(const fx::Format& format, int shift) {
    return {format.sign, format.integer + shift, format.fraction - shift};
}

/// First bit position above the container: a wrap is modulo 2^top.
int top(const fx::Format& format) {
    return format.integer + (format.sign ? 1 : 0);
}

/// The rounded interval before anything overflows.
fx::Interval rounded(const fx::Interval& in, const fx::Cast& cast) {
    const fx::Format wide{true, fx::max_code_bits - 1 - cast.format.fraction, cast.format.fraction};
    return fx::cast(in, {wide, cast.round, fx::Overflow::sat});
}

bool fits(const fx::Interval& in, const fx::Cast& cast) {
    return fx::range_of(cast).contains(rounded(in, cast));
}

} // namespace

std::optional<fx::Cast> Builder::simplest(const fx::Interval& in, const fx::Cast& cast, const fx::Interval& out) {
    const bool drops = drops_bits(in, cast), fitting = fits(in, cast);
    if (fitting && !drops) return std::nullopt;
    const fx::Round round = drops ? cast.round : fx::Round::trn;
    // A wrap agrees with every wrap to a smaller container that holds all its results.
    if (fitting || cast.overflow == fx::Overflow::wrap) return fx::Cast{fx::format_of(out), round, fx::Overflow::wrap};
    fx::Cast result{cast.format, round, fx::Overflow::sat};
    // Results on a coarser grid: only the lower bound clamps (the upper one has all bits set), and it lies on that
    // grid.
    result.format.fraction = out.fraction;
    if (in.lo >= 0) result.format.sign = false; // never clamps below
    const fx::Interval limits = fx::range_of(cast.format), unclamped = rounded(in, cast);
    const bool reaches_lowest = !fx::Interval{-limits.hi, limits.hi, limits.fraction}.contains(
        {std::min<std::int64_t>(unclamped.lo, 0), 0, unclamped.fraction});
    if (result.format.sign && reaches_lowest) result.overflow = cast.overflow;
    return result;
}

std::optional<Signal> Builder::below_wrap(Signal a, const fx::Cast& cast) const {
    const Node& node = netlist_.nodes[a.node];
    if (node.op != Op::cast || cast.overflow != fx::Overflow::wrap) return std::nullopt;
    const fx::Cast& inner = netlist_.casts[node.payload];
    if (inner.overflow != fx::Overflow::wrap || inner.round != fx::Round::trn) return std::nullopt;
    // The inner wrap changes its operand by a multiple of 2^inner top, hence of 2^outer top: nothing that is kept.
    // Rounding commutes with that (to even, too: the multiple is an even number of steps of the outer format).
    if (top(cast.format) > top(inner.format) + a.shift) return std::nullopt;
    // floor of floor is floor; floor under a minus sign or under another rounding is not.
    const bool inner_drops = drops_bits(interval(node.in[0]), inner);
    if (inner_drops && (a.negate || cast.round != fx::Round::trn)) return std::nullopt;
    return Signal{node.in[0].node, node.in[0].shift + a.shift, node.in[0].negate != a.negate};
}

std::optional<Signal> Builder::below_relu(Signal a, const fx::Cast& cast) const {
    const Node& node = netlist_.nodes[a.node];
    // Rounding is monotone and keeps zero, so clamping at zero comes to the same before and after it.
    if (node.op != Op::select || a.negate || cast.overflow != fx::Overflow::sat || cast.format.sign)
        return std::nullopt;
    const bool relu = node.in[1].node == 0 && node.in[2] == node.in[0] && !node.in[0].negate;
    return relu ? std::optional(shift(node.in[0], a.shift)) : std::nullopt;
}

Signal Builder::cast(Signal a, const fx::Cast& cast) {
    if (a.node == 0 || cast.format.is_zero()) return zero();
    const fx::Interval in = interval(a);
    if (in.is_constant()) return constant(fx::cast(in.lo, in.fraction, cast), cast.format.fraction);
    const fx::Interval out = fx::cast(in, cast);
    if (out.is_constant()) return constant(out.lo, out.fraction);

    const auto simple = simplest(in, cast, out);
    if (!simple) return a;
    if (const auto source = below_wrap(a, *simple)) return this->cast(*source, *simple);
    if (const auto source = below_relu(a, *simple)) return this->cast(*source, *simple);

    // Rounding to even is symmetric about zero, and so is dropping nothing; a minus sign moves out when the range is,
    // too.
    if (a.negate && (simple->round == fx::Round::rnd_conv || !drops_bits(in, *simple))) {
        if (cast.overflow == fx::Overflow::sat_sym && cast.format.sign) return negate(this->cast(negate(a), cast));
        if (fits(in, *simple)) {
            const fx::Format mirrored = fx::format_of(fx::negate(out));
            return negate(this->cast(negate(a), {mirrored, simple->round, fx::Overflow::wrap}));
        }
    }

    const fx::Cast of_node{moved(simple->format, -a.shift), simple->round, simple->overflow};
    std::string key;
    for (const int field : {of_node.format.sign ? 1 : 0, of_node.format.integer, of_node.format.fraction,
                            static_cast<int>(of_node.round), static_cast<int>(of_node.overflow)}) {
        key += std::to_string(field) + ',';
    }
    const auto [found, is_new] = cast_ids_.try_emplace(key, static_cast<std::uint32_t>(netlist_.casts.size()));
    if (is_new) netlist_.casts.push_back(of_node);
    Node node;
    node.op = Op::cast;
    node.operands = 1;
    node.payload = found->second;
    node.in[0] = {a.node, 0, a.negate};
    return shift(intern(node), a.shift);
}

} // namespace bitgrain::ir
