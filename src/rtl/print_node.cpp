#include "rtl/print_node.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "rtl/emit.hpp"

#include <algorithm>

namespace bitgrain::rtl {

namespace {

const std::string indent = "    ";

class NodePrinter {
  public:
    NodePrinter(const ir::Netlist& netlist, const hw::Schedule& schedule, ir::NodeId id, AddersOfThree adders,
                Nets& nets, std::set<std::string>& cells)
        : netlist_(netlist), node_(netlist.nodes[id]), adders_(adders), nets_(nets), cells_(cells), id_(id),
          stage_(schedule.stage[id]), width_(node_.interval.width()), lsb_(-node_.interval.fraction),
          msb_(lsb_ + width_ - 1) {}

    std::string print() {
        switch (node_.op) {
        case ir::Op::input:
        case ir::Op::constant:
            break; // ports and literals: printed where they are read
        case ir::Op::add:
            return sum();
        case ir::Op::cast:
            return cast();
        case ir::Op::select:
            return wire(select());
        case ir::Op::table:
            return table();
        case ir::Op::mul:
            return wire(product());
        }
        check_failed("printable", __FILE__, __LINE__, "inputs and constants have no expression");
    }

  private:
    /// The line that declares the value; nothing when it is a port of the module.
    std::string declaration(const std::string& kind) const {
        if (nets_.is_given(id_)) return {};
        return indent + kind + ' ' + range(width_) + nets_.name(id_) + end();
    }
    std::string end() const { return ';' + remark(node_.interval, stage_) + '\n'; }
    std::string wire(const std::string& expression) const {
        const bool is_port = nets_.is_given(id_);
        return indent + (is_port ? "assign " : "wire " + range(width_)) + nets_.name(id_) + " = " + expression +
               (is_port ? ";\n" : end());
    }

    std::string sum() {
        const hw::AddStructure add = hw::add_structure(netlist_, id_);
        // The cell has no form for a single bit; the emitted expression is as small.
        const int operand_bits = std::min(std::max(add.operand_bits, 2), add.chain_bits());
        if (adders_.cell != hw::ThreeOperandAdder::none && add.terms == 3 && operand_bits > 1) {
            return three_operand_cell(add, operand_bits);
        }
        const std::string high = add.chain_lsb <= msb_ ? high_bits(add) : "";
        if (add.low < 0) return wire(high);
        return wire(high.empty() ? low_bits(add) : '{' + high + ", " + low_bits(add) + '}');
    }

    /// The bits from the chain's first one on: an expression.
    std::string high_bits(hw::AddStructure add) {
        for (hw::Operand& term : add.operands) {
            // "- 8'd3" reads better than "+ 8'd253", and is the same.
            if (!add.chain || !term.is_constant || term.code >= 0 || term.lsb < add.chain_lsb) continue;
            term.code = -term.code;
            term.negate = !term.negate;
        }
        std::string high;
        if (add.chain) {
            // Positive terms first, so that the text starts without a minus sign.
            for (const bool negative : {false, true}) {
                for (int k = 0; k < add.count; ++k) {
                    const hw::Operand& term = add.operands[static_cast<std::size_t>(k)];
                    if (term.negate != negative || !term.reaches(add.chain_lsb)) continue;
                    high += high.empty() ? (negative ? "-" : "") : (negative ? " - " : " + ");
                    high += nets_.read(term, stage_, add.chain_lsb, msb_);
                }
            }
        } else {
            high = literal(msb_ - add.chain_lsb + 1, 0);
            for (int k = 0; k < add.count; ++k) {
                const hw::Operand& term = add.operands[static_cast<std::size_t>(k)];
                if (term.reaches(add.chain_lsb)) high = nets_.read(term, stage_, add.chain_lsb, msb_);
            }
        }
        return high;
    }

    /// The bits below the chain, which are those of one operand.
    std::string low_bits(const hw::AddStructure& add) {
        return nets_.read(add.operands[static_cast<std::size_t>(add.low)], stage_, lsb_,
                          std::min(add.chain_lsb - 1, msb_));
    }

    /// a + b + c, a + b - c or a - b - c: at least one operand of an add is positive.
    std::string three_operand_cell(const hw::AddStructure& add, int operand_bits) {
        std::vector<std::string> bits;
        int minus = 0;
        for (const bool negative : {false, true}) {
            for (const hw::Operand& term : add.operands) {
                if (term.negate != negative) continue;
                bits.push_back(nets_.read(term, stage_, add.chain_lsb, add.chain_lsb + operand_bits - 1));
                minus += negative ? 1 : 0;
            }
        }
        CHECK(minus < 3, "an add of three has an operand without a minus sign");
        const std::string name = nets_.name(id_);
        std::string text = declaration("wire"), sum = name;
        if (add.low >= 0) {
            const int split = add.chain_lsb - lsb_;
            sum += bit_slice(split, width_ - 1);
            text += indent + "assign " + name + bit_slice(0, split - 1) + " = " + low_bits(add) + ";\n";
        }
        const std::string instance =
            cell("fx_add3",
                 {{"WIDTH", add.chain_bits()},
                  {"OPERAND", operand_bits},
                  {"MINUS", minus},
                  {"CARRY", adders_.cell == hw::ThreeOperandAdder::lut6_2_carry4 ? 4 : 8}},
                 name + "_adder", {{"a_i", bits[0]}, {"b_i", bits[1]}, {"c_i", bits[2]}, {"sum_o", sum}});
        if (!adders_.both) return text + instance;
        return text + "`ifdef " + expressions_macro + "\n" + indent + "assign " + sum + " = " + high_bits(add) +
               ";\n`else\n" + instance + "`endif\n";
    }

    std::string select() {
        const hw::Operand sign = hw::operand(netlist_, node_.in[0]);
        std::string negative;
        if (!sign.negate) {
            negative = nets_.sign(sign, stage_);
        } else { // -v < 0 is v > 0
            negative = nets_.any(sign, stage_);
            if (sign.is_signed) negative = "(~" + nets_.sign(sign, stage_) + " & " + negative + ')';
        }
        return negative + " ? " + branch(node_.in[1]) + " : " + branch(node_.in[2]);
    }

    std::string branch(const ir::Signal& signal) {
        const hw::Operand value = hw::operand(netlist_, signal);
        CHECK(value.width == 0 || value.lsb >= lsb_, "a branch is finer than its select");
        return (value.negate ? "-" : "") + nets_.read(value, stage_, lsb_, msb_);
    }

    std::string product() {
        const hw::Operand a = hw::operand(netlist_, node_.in[0]), b = hw::operand(netlist_, node_.in[1]);
        CHECK(a.lsb + b.lsb == lsb_ && !a.negate && !b.negate, "a product's operands are plain");
        return nets_.read(a, stage_, a.lsb, a.lsb + width_ - 1) + " * " +
               nets_.read(b, stage_, b.lsb, b.lsb + width_ - 1);
    }

    std::string table() {
        const ir::Table& table = netlist_.tables[node_.payload];
        const hw::Operand address = hw::operand(netlist_, node_.in[0]);
        const int bits = table.key.width();
        CHECK(!address.negate && address.lsb == -table.key.fraction, "a table is addressed by a plain node");
        const std::string key = nets_.read(address, stage_, address.lsb, address.lsb + bits - 1);
        if (!is_case(netlist_, id_)) return small_table(table, key);
        std::string text = declaration("reg ") + "    always @* begin\n        case (" + key + ")\n";
        const std::string assign = ": " + nets_.name(id_) + " = ";
        std::int64_t code = table.key.lo;
        for (const std::int64_t entry : table.codes) {
            const std::int64_t value = fx::to_fraction(entry, table.fraction, node_.interval.fraction);
            text.append("            ").append(literal(bits, code++)).append(assign).append(literal(width_, value));
            text += ";\n";
        }
        // Codes the address cannot have are free for the synthesiser to choose.
        if (static_cast<std::int64_t>(table.codes.size()) < fx::shift_left(1, bits)) {
            text += "            default" + assign + std::to_string(width_) + "'bx;\n";
        }
        return text + "        endcase\n    end\n";
    }

    /// A constant per result bit, of which the key picks a bit. Yosys makes up to two LUTs per bit of a `case` in place
    /// of one. The key is the low bits of a code; a code that it cannot have reads the nearest entry.
    std::string small_table(const ir::Table& table, const std::string& key) {
        const int bits = table.key.width();
        const fx::Cast to_code{fx::format_of(fx::Interval{table.key.lo, table.key.hi, 0}), fx::Round::trn,
                               fx::Overflow::wrap};
        std::string constants, result;
        for (int bit = 0; bit < width_; ++bit) {
            std::string content;
            for (std::int64_t k = fx::shift_left(1, bits) - 1; k >= 0; --k) {
                const std::int64_t code = std::clamp(fx::cast(k, 0, to_code), table.key.lo, table.key.hi);
                const std::int64_t entry = table.codes[static_cast<std::size_t>(code - table.key.lo)];
                const std::int64_t value = fx::to_fraction(entry, table.fraction, node_.interval.fraction);
                content += fx::shift_right(value, bit) % 2 != 0 ? '1' : '0';
            }
            const std::string name = nets_.claim(nets_.name(id_) + "_" + std::to_string(bit));
            constants += indent + "wire " + range(static_cast<int>(content.size())) + name + " = " +
                         std::to_string(content.size()) + "'b" + content + ";\n";
            result = name + '[' + key + ']' + (result.empty() ? "" : ", " + result);
        }
        return constants + declaration("wire") + indent + "assign " + nets_.name(id_) + " = " +
               (width_ == 1 ? result : '{' + result + '}') + ";\n";
    }

    std::string cast() {
        const hw::CastStructure cast = hw::cast_structure(netlist_, id_);
        std::string text;
        hw::Operand plain = cast.operand;
        plain.negate = false;
        std::optional<Bits> value; ///< what is read next; none: the operand itself
        if (cast.negate) {
            const fx::Interval negated = ir::interval(netlist_, node_.in[0]);
            value = helper("_neg", negated.width(), plain.lsb, negated.is_signed());
            text += indent + "wire " + range(value->width) + nets_.helper_name(value->net) + " = " +
                    print_negation(plain, stage_, value->width, nets_) + ";\n";
        }
        const auto read = [&](int from, int to) {
            return value ? nets_.read(*value, from, to) : nets_.read(plain, stage_, from, to);
        };
        if (cast.round) {
            const int bits = cast.clamp ? cast.rounded_width : width_;
            // Rounding half up looks at the highest dropped bit only; ties to even needs to see them all.
            const int from = cast.convergent ? plain.lsb : cast.lsb - 1;
            const std::string input = read(from, cast.lsb + bits - 1);
            std::string name = nets_.name(id_);
            if (cast.clamp) {
                value = helper("_round", bits, cast.lsb, true);
                name = nets_.helper_name(value->net);
                text += indent + "wire " + range(bits) + name + ";\n";
            } else {
                text += declaration("wire");
            }
            text +=
                cell("fx_round", {{"WIDTH", bits}, {"DROP", cast.lsb - from}, {"CONVERGENT", cast.convergent ? 1 : 0}},
                     nets_.name(id_) + "_rounding", {{"value_i", input}, {"value_o", name}});
        }
        if (cast.clamp) {
            const std::string input = read(cast.lsb, cast.lsb + cast.rounded_width - 1);
            text += declaration("wire");
            text += cell("fx_saturate",
                         {{"IN_WIDTH", cast.rounded_width},
                          {"OUT_WIDTH", width_},
                          {"OUT_SIGNED", node_.interval.is_signed() ? 1 : 0},
                          {"SYMMETRIC", cast.symmetric ? 1 : 0}},
                         nets_.name(id_) + "_saturation", {{"value_i", input}, {"value_o", nets_.name(id_)}});
        }
        if (!cast.round && !cast.clamp) text += wire(read(lsb_, msb_));
        return text;
    }

    Bits helper(const char* suffix, int width, int lsb, bool is_signed) {
        return {nets_.helper(nets_.name(id_) + suffix, width), lsb, width, is_signed};
    }

    std::string cell(const std::string& module, const std::vector<std::pair<const char*, int>>& parameters,
                     const std::string& instance, const std::vector<std::pair<const char*, std::string>>& ports) {
        cells_.insert(module);
        std::string text = indent + module + " #(", separator = ".";
        for (const auto& [parameter, value] : parameters) {
            text += separator + parameter + '(' + std::to_string(value) + ')';
            separator = ", .";
        }
        text += ") " + nets_.claim(instance) + " (";
        separator = ".";
        for (const auto& [port, net] : ports) {
            text += separator + port + '(' + net + ')';
            separator = ", .";
        }
        return text + ");\n";
    }

    const ir::Netlist& netlist_;
    const ir::Node& node_;
    AddersOfThree adders_;
    Nets& nets_;
    std::set<std::string>& cells_;
    ir::NodeId id_;
    int stage_;
    int width_, lsb_, msb_;
};

} // namespace

bool is_case(const ir::Netlist& netlist, ir::NodeId node) {
    constexpr int lut_inputs = 6;
    const ir::Node& n = netlist.nodes[node];
    return n.op == ir::Op::table && netlist.tables[n.payload].key.width() > lut_inputs;
}

std::string print_negation(const hw::Operand& operand, int stage, int width, Nets& nets) {
    hw::Operand plain = operand;
    plain.negate = false;
    return '-' + nets.read(plain, stage, plain.lsb, plain.lsb + width - 1);
}

std::string remark(const fx::Interval& interval, int stage) {
    return " // " + fx::name(fx::format_of(interval)) + ", stage " + std::to_string(stage);
}

std::string print_node(const ir::Netlist& netlist, const hw::Schedule& schedule, ir::NodeId node, AddersOfThree adders,
                       Nets& nets, std::set<std::string>& cells) {
    return NodePrinter(netlist, schedule, node, adders, nets, cells).print();
}

} // namespace bitgrain::rtl
