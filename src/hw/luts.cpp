// Areas: what a synthesiser without resource sharing makes of a node, one carry chain per adder. In a chain only those
// bits need a LUT at which two values meet or a value is inverted; the chain itself carries a lone value on. Checked
// against yosys synth_xilinx (constraints/README.md says how well).
#include "fx/arithmetic.hpp"
#include "hw/model.hpp"
#include "hw/structure.hpp"
#include "hw/table_cost.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace bitgrain::hw {

namespace {

/// AND or OR of that many bits, in LUTs.
double tree(const Target& target, int bits) {
    return bits <= 1 ? 0.0 : std::ceil((bits - 1.0) / (target.lut_inputs - 1.0));
}

/// A bit of a term of a sum as its chain sees it: bit `index` of a value, or a constant.
struct Bit {
    bool varies = false;
    bool inverted = false; ///< of a constant: it is one
    int index = 0;

    friend bool operator==(const Bit&, const Bit&) = default;
};

Bit bit_at(const Operand& term, int position) {
    if (term.is_constant) {
        // "- 3" is printed for "+ -3": what is added is the inverse of 3 and a carry.
        const bool flip = term.code < 0;
        const std::int64_t code = flip ? -term.code : term.code;
        const bool one = position >= term.lsb && fx::shift_right(code, std::min(position - term.lsb, 62)) % 2 != 0;
        return {false, one != (flip != term.negate), 0};
    }
    if (!term.reaches(position) || position < term.lsb) return {false, term.negate, 0};
    return {true, term.negate, std::min(position, term.msb())};
}

/// One chain that adds two terms at positions lsb .. msb.
Parts chain(const Operand& a, const Operand& b, int lsb, int msb) {
    Parts parts;
    std::pair<Bit, Bit> below;
    for (int position = lsb; position <= msb; ++position) {
        const std::pair<Bit, Bit> bits{bit_at(a, position), bit_at(b, position)};
        const bool same = position > lsb && bits == below; // repeated signs share their LUT
        below = bits;
        const auto& [x, y] = bits;
        if (same || (!x.varies && !y.varies)) continue;
        if (x.varies && y.varies) {
            ++parts[Part::sum_bit];
        } else {
            ++parts[x.inverted != y.inverted ? Part::invert_bit : Part::through_bit];
        }
    }
    return parts;
}

Parts inverted(int bits) {
    Parts parts;
    parts[Part::invert_bit] = bits;
    return parts;
}

Parts negation(const Operand& operand) {
    return inverted(operand.negate ? operand.width : 0);
}

Parts add_parts(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const AddStructure add = add_structure(netlist, node);
    if (!add.chain) return {};
    std::vector<Operand> terms;
    for (int k = 0; k < add.count; ++k) {
        const Operand& term = add.operands[static_cast<std::size_t>(k)];
        if (term.reaches(add.chain_lsb)) terms.push_back(term);
    }
    std::stable_partition(terms.begin(), terms.end(), [](const Operand& o) { return !o.negate; });
    if (terms.size() == 1) return inverted(terms[0].width);
    Parts parts = chain(terms[0], terms[1], add.chain_lsb, add.msb);
    if (terms[0].negate) parts += inverted(terms[0].width); // nothing to subtract from: the first is negated alone
    if (terms.size() < 3) return parts;
    if (target.max_add_operands() > 2) {
        // A LUT for each bit of the operands, and one for the bits above, which repeat their signs (rtl_lib/fx_add3.v).
        parts = {};
        parts[Part::triple_bit] = std::min(add.chain_bits(), add.operand_bits + 1);
        return parts;
    }
    // The sum of two terms as a term of its own.
    Operand sum;
    sum.lsb = add.chain_lsb;
    sum.width = add.chain_bits();
    return parts += chain(sum, terms[2], add.chain_lsb, add.msb);
}

Parts cast_parts(const Target& target, const ir::Netlist& netlist, ir::NodeId node) {
    const CastStructure cast = cast_structure(netlist, node);
    const int width = netlist.nodes[node].interval.width();
    Parts result = negation(cast.operand);
    if (cast.round) {
        // An increment: the bit that decides is added to the lowest one, and its carry runs on.
        ++result[Part::sum_bit];
        result[Part::through_bit] += (cast.clamp ? cast.rounded_width : width) - 1;
        if (cast.convergent) ++result[Part::decision];
    }
    if (cast.clamp) {
        const int looked_at = cast.symmetric ? cast.rounded_width : cast.rounded_width - width + 1;
        result[Part::decision] += tree(target, looked_at);
        result[Part::mux_bit] += width;
    }
    return result;
}

Parts select_parts(const Target& target, const ir::Netlist& netlist, const ir::Node& node) {
    const Operand sign = operand(netlist, node.in[0]);
    const Operand yes = operand(netlist, node.in[1]), no = operand(netlist, node.in[2]);
    Parts result = negation(yes);
    result += negation(no);
    if (sign.negate) result[Part::decision] += tree(target, sign.width);
    result[yes.width == 0 || no.width == 0 ? Part::mask_bit : Part::mux_bit] += node.interval.width();
    return result;
}

} // namespace

Parts parts(const Target& target, const ir::Netlist& netlist, ir::NodeId id) {
    Parts result;
    if (is_constant(netlist, id)) return result;
    const ir::Node& node = netlist.nodes[id];
    switch (node.op) {
    case ir::Op::input:
    case ir::Op::constant:
        break;
    case ir::Op::add:
        return add_parts(target, netlist, id);
    case ir::Op::cast:
        return cast_parts(target, netlist, id);
    case ir::Op::select:
        return select_parts(target, netlist, node);
    case ir::Op::table:
        result[Part::table] = table_cost(target, netlist.tables[node.payload]).luts;
        break;
    case ir::Op::mul:
        // One row per bit of the narrower operand; a row is an adder whose LUTs also make the partial product.
        result[Part::product_bit] =
            operand(netlist, node.in[0]).width * static_cast<double>(operand(netlist, node.in[1]).width);
        break;
    }
    return result;
}

Parts output_parts(const ir::Netlist& netlist, const ir::Signal& signal) {
    return negation(operand(netlist, signal));
}

Parts parts(const Target& target, const ir::Netlist& netlist) {
    Parts result;
    const std::vector<bool> needed = live(netlist);
    for (std::size_t i = 0; i < netlist.nodes.size(); ++i) {
        if (needed[i]) result += parts(target, netlist, static_cast<ir::NodeId>(i));
    }
    for (const ir::Signal& signal : negated_outputs(netlist))
        result += output_parts(netlist, signal);
    return result;
}

int carry_bits(const ir::Netlist& netlist, ir::NodeId id) {
    if (is_constant(netlist, id)) return 0;
    const ir::Node& node = netlist.nodes[id];
    if (node.op == ir::Op::add) {
        const AddStructure add = add_structure(netlist, id);
        return add.chain_bits() * std::max(add.terms - 1, 1);
    }
    if (node.op != ir::Op::cast) return 0;
    const CastStructure cast = cast_structure(netlist, id);
    const int rounding = !cast.round ? 0 : cast.clamp ? cast.rounded_width : node.interval.width();
    return rounding + (cast.negate ? cast.operand.width : 0);
}

double luts(const Target& target, const ir::Netlist& netlist, ir::NodeId id) {
    return dot(parts(target, netlist, id), target.lut_per);
}

double output_luts(const Target& target, const ir::Netlist& netlist, const ir::Signal& signal) {
    return dot(output_parts(netlist, signal), target.lut_per);
}

} // namespace bitgrain::hw
