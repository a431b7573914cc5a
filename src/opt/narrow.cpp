// Every node is made again as something that agrees with it in the demanded bits (demand.hpp). Cutting bits off is a
// free wrapping cast, put on the operands of adds and selects where it makes them narrower; each keeps the narrowest of
// three ways to see what is left of the operands' high bits (uncut, unsigned, signed).
#include "fx/arithmetic.hpp"
#include "opt/cost.hpp"
#include "opt/demand.hpp"
#include "opt/passes.hpp"
#include "opt/rebuilder.hpp"

#include <algorithm>
#include <array>

namespace bitgrain::opt {

namespace {

constexpr int everything = Demand::everything;

enum class High : std::uint8_t { uncut, unsigned_wrap, signed_wrap };

/// All values that agree from bit `bottom` up with one of the interval.
fx::Interval blurred(const fx::Interval& interval, int bottom) {
    if (bottom == -everything) return interval;
    const int drop = bottom + interval.fraction;
    const auto floor = [drop](std::int64_t code) { return fx::shift_left(fx::shift_right(code, drop), drop); };
    return {floor(interval.lo), floor(interval.hi) + fx::shift_left(1, drop) - 1, interval.fraction};
}

class Narrower {
  public:
    explicit Narrower(const ir::Netlist& netlist)
        : netlist_(netlist), demands_(demands(netlist)), rebuilder_(netlist) {}

    ir::Netlist run() {
        for (ir::NodeId i = 1; i < netlist_.nodes.size(); ++i) {
            if (!demands_[i].unread()) rebuilder_.set(i, make(i));
        }
        return rebuilder_.finish();
    }

  private:
    ir::Signal make(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        const Demand& demand = demands_[id];
        rebuilder_.use_origin(id);
        switch (node.op) {
        case ir::Op::add:
        case ir::Op::select:
            return demand.all_high() ? make(node, demand, High::uncut) : narrowest(node, demand);
        case ir::Op::cast:
            return rebuilder_.builder().cast(rebuilder_.edge(node.in[0]),
                                             narrowed(netlist_.casts[node.payload], demand));
        case ir::Op::input:
        case ir::Op::constant:
        case ir::Op::table:
        case ir::Op::mul:
            break;
        }
        return rebuilder_.copy(id);
    }

    /// The candidates that lose are read by nobody and vanish at the end.
    ir::Signal narrowest(const ir::Node& node, const Demand& demand) {
        ir::Signal best = make(node, demand, High::uncut);
        for (const High high : {High::unsigned_wrap, High::signed_wrap}) {
            const ir::Signal candidate = make(node, demand, high);
            if (width(candidate) < width(best)) best = candidate;
        }
        return best;
    }

    int width(const ir::Signal& signal) {
        const fx::Interval interval = rebuilder_.builder().interval(signal);
        return interval.is_constant() ? 0 : interval.width();
    }

    ir::Signal make(const ir::Node& node, const Demand& demand, High high) {
        return node.op == ir::Op::add ? make_add(node, demand, high) : make_select(node, demand, high);
    }

    ir::Signal make_add(const ir::Node& node, const Demand& demand, High high) {
        std::array<ir::Signal, 3> in;
        for (std::size_t k = 0; k < node.operands; ++k) {
            const int bottom = floor_of_operand(netlist_, node, k, demand.bottom);
            in[k] = cut(rebuilder_.edge(node.in[k]), demand.top, bottom, high);
        }
        ir::Builder& builder = rebuilder_.builder();
        if (!demand.all_high()) {
            return node.operands == 2 ? builder.add(in[0], in[1]) : builder.add(in[0], in[1], in[2]);
        }
        const fx::Interval known = blurred(node.interval, demand.bottom);
        return node.operands == 2 ? builder.add(in[0], in[1], known) : builder.add(in[0], in[1], in[2], known);
    }

    ir::Signal make_select(const ir::Node& node, const Demand& demand, High high) {
        ir::Signal sign = rebuilder_.edge(node.in[0]);
        std::array<ir::Signal, 2> branches;
        for (std::size_t k = 0; k < 2; ++k) {
            const ir::Signal& old = node.in[k + 1];
            branches[k] = cut(rebuilder_.edge(old), demand.top, demand.bottom, high);
            // A floor has the sign of its operand; one signal for both keeps a ReLU a ReLU.
            const bool of_sign = old.node == node.in[0].node && !old.negate && !node.in[0].negate;
            if (of_sign && demand.all_high() && !branches[k].negate) sign = branches[k];
        }
        ir::Builder& builder = rebuilder_.builder();
        if (!demand.all_high()) return builder.select(sign, branches[0], branches[1]);
        return builder.select(sign, branches[0], branches[1], blurred(node.interval, demand.bottom));
    }

    /// The signal without the bits from `top` up and below `bottom`. Under a minus sign low bits would have to be
    /// rounded up, which is not free, so they stay.
    ir::Signal cut(const ir::Signal& signal, int top_needed, int bottom, High high) {
        if (signal.negate) {
            return ir::Builder::negate(cut(ir::Builder::negate(signal), top_needed, -everything, high));
        }
        ir::Builder& builder = rebuilder_.builder();
        const fx::Interval interval = builder.interval(signal);
        if (interval.is_zero()) return signal;
        fx::Format format = fx::format_of(interval);
        if (bottom != -everything && bottom > -format.fraction) {
            format.fraction = -bottom;
            if (format.sign) format.integer = std::max(format.integer, bottom); // a negative floor is at least one step
        }
        if (high != High::uncut && top_needed < top(interval)) {
            format.sign = high == High::signed_wrap;
            format.integer = top_needed - (format.sign ? 1 : 0);
        }
        return builder.cast(signal, {format, fx::Round::trn, fx::Overflow::wrap});
    }

    const ir::Netlist& netlist_;
    std::vector<Demand> demands_;
    Rebuilder rebuilder_;
};

} // namespace

ir::Netlist narrow(const ir::Netlist& netlist) {
    return Narrower(netlist).run();
}

} // namespace bitgrain::opt
