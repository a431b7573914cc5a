// Nodes that a stage has no time for in pieces.
//
// Carry chains: with both operands cut at position p, a_low + b_low has the carry as its bit p, and
//   a_high + b_high + carry = floor(((2 a_high + 1) + (2 b_high + carry)) / 2),
//   a_high - b_high - borrow = floor((2 a_high - (2 b_high + borrow)) / 2),
// so the high piece is an add of two operands whose lowest bit makes the carry; everything around the two adds is
// wires.
//
// Clamps: what they decide by, the bits above the result, is taken off a few bits at a time by clamps to ever narrower
// ranges, each inside the one before. A symmetric clamp looks at all bits, so the plain clamp comes first.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "opt/cost.hpp"
#include "opt/passes.hpp"
#include "opt/rebuilder.hpp"

#include <algorithm>
#include <utility>

namespace bitgrain::opt {

namespace {

class Splitter {
  public:
    Splitter(const ir::Netlist& netlist, const std::vector<int>& most_bits)
        : netlist_(netlist), most_bits_(most_bits), rebuilder_(netlist), builder_(rebuilder_.builder()) {}

    ir::Netlist run() {
        for (ir::NodeId i = 1; i < netlist_.nodes.size(); ++i)
            rebuilder_.set(i, most_bits_[i] > 0 ? split(i) : rebuilder_.copy(i));
        return rebuilder_.finish();
    }

  private:
    ir::Signal split(ir::NodeId id) {
        rebuilder_.use_origin(id);
        const ir::Op op = netlist_.nodes[id].op;
        CHECK(op == ir::Op::add || op == ir::Op::cast, "only adds and casts can be split");
        return op == ir::Op::add ? add(id) : clamp(id);
    }

    ir::Signal clamp(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        fx::Cast cast = netlist_.casts[node.payload];
        CHECK(cast.overflow != fx::Overflow::wrap, "only casts that saturate can be split");
        const int fraction = cast.format.fraction;
        const fx::Format wide{true, fx::max_code_bits - 1 - fraction, fraction};
        ir::Signal value = builder_.cast(rebuilder_.edge(node.in[0]), {wide, cast.round, fx::Overflow::sat});
        cast.round = fx::Round::trn;
        const int step = std::max(most_bits_[id] - (cast.format.sign ? 1 : 2), 1);
        const int last = cast.format.integer + (cast.overflow == fx::Overflow::sat_sym ? 0 : step);
        for (int integer = fx::format_of(builder_.interval(value)).integer; integer > last;) {
            integer = std::max(integer - step, cast.format.integer);
            value = builder_.cast(value, {{cast.format.sign, integer, fraction}, fx::Round::trn, fx::Overflow::sat});
        }
        return builder_.cast(value, cast);
    }

    ir::Signal add(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        most_ = std::max(most_bits_[id], least_split_bits);
        const ir::Signal a = rebuilder_.edge(node.in[0]), b = rebuilder_.edge(node.in[1]);
        if (node.operands == 2) return sum(a, b, node.interval);
        const ir::Signal two = sum(a, b, fx::add(builder_.interval(a), builder_.interval(b)));
        return sum(two, rebuilder_.edge(node.in[2]), node.interval);
    }

    /// The sum, which is known to lie in that interval, by adds of at most most_ bits.
    ir::Signal sum(ir::Signal a, ir::Signal b, const fx::Interval& known) {
        if (a.negate && b.negate) {
            return ir::Builder::negate(sum(ir::Builder::negate(a), ir::Builder::negate(b), fx::negate(known)));
        }
        const ir::Signal whole = builder_.add(a, b, known); // read by nobody, and gone, once it is split
        const ir::Node& node = builder_.netlist().nodes[whole.node];
        if (node.op != ir::Op::add) return whole;
        const auto bits = static_cast<int>(logic_bits(builder_.netlist(), node));
        if (bits <= most_) return whole;
        if (a.negate) std::swap(a, b);
        // Positions are those of the sum; the node may be the sum shifted.
        const int cut = top(builder_.interval(whole)) - bits + most_ - 1;
        const bool minus = b.negate;
        if (minus) b = ir::Builder::negate(b);
        const ir::Signal b_low = below(b, cut);
        const ir::Signal low = builder_.add(below(a, cut), minus ? ir::Builder::negate(b_low) : b_low);
        const ir::Signal carry = bit(low, cut);
        ir::Signal a_high = above(a, cut);
        if (!minus) a_high = builder_.add(a_high, builder_.constant(1, 1 - cut));
        const ir::Signal b_high = builder_.add(above(b, cut), ir::Builder::shift(carry, -1));
        const int drop = cut + known.fraction;
        const fx::Interval high_known{fx::shift_left(fx::shift_right(known.lo, drop), 1),
                                      fx::shift_left(fx::shift_right(known.hi, drop), 1) + 1, 1 - cut};
        const ir::Signal high = sum(a_high, minus ? ir::Builder::negate(b_high) : b_high, high_known);
        const ir::Signal joined = builder_.add(above(high, cut), below(low, cut), known);
        // One half of a subtraction may be a mere minus sign, which no wires can join to the other half.
        const bool wired = logic_bits(builder_.netlist(), builder_.netlist().nodes[joined.node]) == 0;
        return wired ? joined : whole;
    }

    ir::Signal wires(const ir::Signal& signal, const fx::Format& format) {
        return builder_.cast(signal, {format, fx::Round::trn, fx::Overflow::wrap});
    }
    /// The bits below a position, as an unsigned number.
    ir::Signal below(const ir::Signal& signal, int position) {
        return wires(signal, {false, position, builder_.interval(signal).fraction});
    }
    /// The value without these bits: its floor.
    ir::Signal above(const ir::Signal& signal, int position) {
        fx::Format format = fx::format_of(builder_.interval(signal));
        format.fraction = -position;
        if (format.sign) format.integer = std::max(format.integer, position); // a negative floor is at least one step
        return wires(signal, format);
    }
    ir::Signal bit(const ir::Signal& signal, int position) { return wires(signal, {false, position + 1, -position}); }

    const ir::Netlist& netlist_;
    const std::vector<int>& most_bits_;
    Rebuilder rebuilder_;
    ir::Builder& builder_;
    int most_ = 0; ///< bits of a piece of the add at hand
};

} // namespace

ir::Netlist split(const ir::Netlist& netlist, const std::vector<int>& most_bits) {
    CHECK(most_bits.size() == netlist.nodes.size(), "one limit per node");
    return Splitter(netlist, most_bits).run();
}

} // namespace bitgrain::opt
