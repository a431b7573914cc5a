#include "opt/demand.hpp"

#include "opt/cost.hpp"

#include <algorithm>

namespace bitgrain::opt {

namespace {

constexpr int everything = Demand::everything;
constexpr Demand all{everything, -everything};

int moved(int position, int shift) {
    return position == everything || position == -everything ? position : position - shift;
}

int format_top(const fx::Format& format) {
    return format.integer + (format.sign ? 1 : 0);
}

Demand simple(Demand demand, const fx::Interval& interval) {
    if (demand.unread()) return demand;
    const int container = top(interval);
    if (demand.top >= container) demand.top = everything;
    demand.bottom = std::min(demand.bottom, container - 1);
    if (demand.bottom <= -interval.fraction) demand.bottom = -everything;
    return demand;
}

class Analysis {
  public:
    explicit Analysis(const ir::Netlist& netlist) : netlist_(netlist), result_(netlist.nodes.size()) {}

    std::vector<Demand> run() {
        for (const ir::Output& output : netlist_.outputs)
            ask(output.signal, all);
        for (std::size_t i = netlist_.nodes.size(); i-- > 0;) {
            result_[i] = simple(result_[i], netlist_.nodes[i].interval);
            if (!result_[i].unread()) visit(netlist_.nodes[i], result_[i]);
        }
        return std::move(result_);
    }

  private:
    /// A demand on the value of an edge, as a demand on its node.
    void ask(const ir::Signal& signal, const Demand& of_edge) {
        Demand& d = result_[signal.node];
        d.top = std::max(d.top, moved(of_edge.top, signal.shift));
        d.bottom = std::min(d.bottom, signal.negate ? -everything : moved(of_edge.bottom, signal.shift));
    }

    void visit(const ir::Node& node, const Demand& demand) {
        switch (node.op) {
        case ir::Op::input:
        case ir::Op::constant:
            break;
        case ir::Op::add:
            for (std::size_t k = 0; k < node.operands; ++k) {
                ask(node.in[k], {demand.top, floor_of_operand(netlist_, node, k, demand.bottom)});
            }
            break;
        case ir::Op::cast: {
            const fx::Cast cast = narrowed(netlist_.casts[node.payload], demand);
            const int kept = -cast.format.fraction;
            const int bottom = cast.round == fx::Round::trn   ? kept
                               : cast.round == fx::Round::rnd ? kept - 1
                                                              : -everything;
            ask(node.in[0], {cast.overflow == fx::Overflow::wrap ? format_top(cast.format) : everything, bottom});
            break;
        }
        case ir::Op::select: {
            ask(node.in[0], {everything, everything}); // no low bits: simple() leaves the sign bit
            ask(node.in[1], demand);
            ask(node.in[2], demand);
            break;
        }
        case ir::Op::table:
        case ir::Op::mul:
            for (std::size_t k = 0; k < node.operands; ++k)
                ask(node.in[k], all);
            break;
        }
    }

    const ir::Netlist& netlist_;
    std::vector<Demand> result_;
};

} // namespace

std::vector<Demand> demands(const ir::Netlist& netlist) {
    return Analysis(netlist).run();
}

int floor_of_operand(const ir::Netlist& netlist, const ir::Node& add, std::size_t k, int bottom) {
    int next = everything; // lowest bit of the other operands
    for (std::size_t i = 0; i < add.operands; ++i) {
        if (i != k) next = std::min(next, -ir::interval(netlist, add.in[i]).fraction);
    }
    const int position = std::min(bottom, next);
    return position > -ir::interval(netlist, add.in[k]).fraction ? position : -everything;
}

fx::Cast narrowed(const fx::Cast& cast, const Demand& demand) {
    fx::Cast result = cast;
    if (cast.overflow != fx::Overflow::wrap) return result;
    if (cast.round == fx::Round::trn && !demand.all_low()) {
        result.format.fraction = std::min(cast.format.fraction, -demand.bottom);
    }
    // At least one bit stays: rounding to even looks at the lowest one.
    const int kept = std::max(demand.top, 1 - result.format.fraction);
    if (kept < format_top(cast.format)) result.format.integer -= format_top(cast.format) - kept;
    return result;
}

} // namespace bitgrain::opt
