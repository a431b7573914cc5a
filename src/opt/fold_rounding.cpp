// rnd(x + c) = floor(x + c + 1/2) = trn(x + (c + half a step): the rounding adder disappears when the sum has a
// constant and nobody else reads it. Rounding is monotone and keeps zero, so rnd(relu(s)) = relu(rnd(s)) and the same
// works below a ReLU.
#include "fx/arithmetic.hpp"
#include "opt/passes.hpp"
#include "opt/rebuilder.hpp"

#include <optional>

namespace bitgrain::opt {

namespace {

class Folder {
  public:
    explicit Folder(const ir::Netlist& netlist) : netlist_(netlist), uses_(uses(netlist)), rebuilder_(netlist) {}

    ir::Netlist run() {
        for (ir::NodeId i = 1; i < netlist_.nodes.size(); ++i) {
            const auto folded = fold(i);
            rebuilder_.set(i, folded ? *folded : rebuilder_.copy(i));
        }
        return rebuilder_.finish();
    }

  private:
    std::optional<ir::Signal> fold(ir::NodeId id) {
        const ir::Node& node = netlist_.nodes[id];
        if (node.op != ir::Op::cast || netlist_.casts[node.payload].round != fx::Round::rnd) return std::nullopt;
        rebuilder_.use_origin(id);
        fx::Cast truncate = netlist_.casts[node.payload];
        truncate.round = fx::Round::trn;
        const ir::Signal source = node.in[0];
        ir::Builder& builder = rebuilder_.builder();
        if (is_private_sum(source.node, 1)) {
            return builder.cast(with_half(source, truncate.format.fraction), truncate);
        }
        if (source.negate || !is_private_relu(source.node)) return std::nullopt;
        const ir::Signal sum = with_half(netlist_.nodes[source.node].in[2], truncate.format.fraction);
        // A floor that overflows nothing, so that the ReLU sees the sign.
        const fx::Format own = fx::format_of(builder.interval(sum));
        const fx::Format floor{true, own.integer, truncate.format.fraction};
        const ir::Signal rounded = builder.cast(sum, {floor, fx::Round::trn, fx::Overflow::wrap});
        return builder.cast(builder.relu(rounded), truncate);
    }

    /// An add with a constant operand that is read `readers` times.
    bool is_private_sum(ir::NodeId id, std::size_t readers) const {
        const ir::Node& node = netlist_.nodes[id];
        if (node.op != ir::Op::add || uses_[id].size() != readers) return false;
        for (std::size_t k = 0; k < node.operands; ++k) {
            if (netlist_.nodes[node.in[k].node].op == ir::Op::constant) return true;
        }
        return false;
    }

    /// max(s, 0) read once, of a sum that only it reads (its sign and itself).
    bool is_private_relu(ir::NodeId id) const {
        const ir::Node& node = netlist_.nodes[id];
        return node.op == ir::Op::select && uses_[id].size() == 1 && node.in[1].node == 0 && !node.in[0].negate &&
               node.in[2] == node.in[0] && is_private_sum(node.in[0].node, 2);
    }

    /// Plus or minus an add, plus half a step of the grid 2^-fraction.
    ir::Signal with_half(const ir::Signal& of, int fraction) {
        const ir::Node& sum = netlist_.nodes[of.node];
        ir::Builder& builder = rebuilder_.builder();
        ir::Signal constant = builder.constant(1, fraction + 1);
        std::vector<ir::Signal> rest;
        for (std::size_t k = 0; k < sum.operands; ++k) {
            ir::Signal operand = rebuilder_.edge(sum.in[k]);
            if (of.negate) operand = ir::Builder::negate(operand);
            if (netlist_.nodes[sum.in[k].node].op == ir::Op::constant) {
                constant = builder.add(constant, operand);
            } else {
                rest.push_back(operand);
            }
        }
        const fx::Interval known =
            fx::add(ir::interval(netlist_, {of.node, 0, of.negate}), fx::constant(fx::to_double(1, fraction + 1)));
        if (rest.size() == 1) return builder.add(rest[0], constant, known);
        return builder.add(rest[0], rest[1], constant, known);
    }

    const ir::Netlist& netlist_;
    std::vector<std::vector<Use>> uses_;
    Rebuilder rebuilder_;
};

} // namespace

ir::Netlist fold_rounding(const ir::Netlist& netlist) {
    return Folder(netlist).run();
}

} // namespace bitgrain::opt
