// The modules of a design. The top: header comment with the port table, ports, inputs, layers, outputs, valid bit, and
// the bits nobody reads. A layer, as a section of the top or as a module of its own, is its values, their register
// copies and one clocked block.
#include "rtl/emit.hpp"

#include "base/error.hpp"
#include "hw/structure.hpp"
#include "hw/timing.hpp"
#include "rtl/header.hpp"
#include "rtl/nets.hpp"
#include "rtl/print_node.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace bitgrain::rtl {

namespace {

constexpr std::size_t page_width = 120;

/// Registers that share a value's readers are equal: synthesis would make one of them again. Vivado and Quartus look at
/// the register, Yosys at the block.
const std::string keep = "(* keep = \"true\", dont_merge *) ", keep_block = "(* keep = \"true\" *) ";

std::size_t adders_of_three(const ir::Netlist& netlist) {
    return static_cast<std::size_t>(std::count_if(netlist.nodes.begin(), netlist.nodes.end(), [](const ir::Node& node) {
        return node.op == ir::Op::add && node.operands == 3;
    }));
}

class Emitter {
  public:
    Emitter(const ir::Netlist& netlist, const hw::Schedule& schedule, const Signature& signature,
            const EmitOptions& options)
        : netlist_(netlist), schedule_(schedule), signature_(signature),
          options_(options), adders_{options.three_operand_adder, adders_of_three(netlist) > options.most_cells_alone},
          partition_(partition(netlist, schedule, options.layout)),
          names_({"clk", "in_valid", "in_data", "out_data", "out_valid", "LATENCY", signature.module}),
          nets_(netlist, schedule, partition_, names_),
          modules_({signature.module, signature.module + "_axis", signature.module + "_tb"}) {}

    Verilog print() {
        std::vector<File> files(1);      // the top comes first
        std::vector<Instance> instances; // of modules 1 and up
        for (std::size_t m = 1; m < partition_.modules.size(); ++m) {
            instances.push_back(name_instance(m));
            files.push_back(print_layer(m, instances.back()));
        }
        nets_.enter(0);
        print_inputs();
        print_sections(0);
        for (std::size_t m = 1; m < partition_.modules.size(); ++m)
            print_instance(partition_.modules[m], instances[m - 1]);
        print_outputs();
        print_valid();
        print_unused();
        files[0] = {signature_.module + ".v", whole(header(signature_), ports(signature_))};
        return {std::move(files), {cells_.begin(), cells_.end()}, probes(instances)};
    }

  private:
    struct Instance {
        std::string module, name;
        bool clocked = false;
    };

    std::vector<Probe> probes(const std::vector<Instance>& instances) const {
        std::vector<Probe> result;
        int offset = 0;
        for (std::size_t i = 0; i < netlist_.nodes.size(); ++i) {
            const auto node = static_cast<ir::NodeId>(i);
            const Place where = place(netlist_, node);
            if (where.neuron < 0 || netlist_.nodes[i].op == ir::Op::input || !nets_.printed(node)) continue;
            const std::size_t owner = partition_.owner[i];
            const std::string path = owner == 0 ? "" : instances[owner - 1].name + '.';
            const fx::Format format = fx::format_of(netlist_.nodes[i].interval);
            result.push_back({node,
                              {path + nets_.name(node), offset, format.width(), format},
                              where,
                              schedule_.stage[i] + (schedule_.input_registers ? 1 : 0)});
            offset += format.width();
        }
        return result;
    }

    /// <design>_<layer>, and <layer> as the instance's name.
    Instance name_instance(std::size_t m) {
        const std::string layer = legal_identifier(netlist_.scopes[partition_.modules[m].scope], "values");
        return {modules_.claim(signature_.module + '_' + layer), names_.claim(layer), false};
    }

    /// The text of a module whose body is complete; the next one starts empty.
    std::string whole(const std::string& comment, const std::string& head) {
        std::string text = comment + "`default_nettype none\n\n" + options_.module_attribute +
                           (options_.module_attribute.empty() ? "" : "\n") + head + body_ +
                           "\nendmodule\n\n`default_nettype wire\n";
        body_.clear();
        unread_.clear();
        uses_clock_ = false;
        return text;
    }

    std::string port(const Value& value, const std::string& kind) const {
        const fx::Interval& interval = netlist_.nodes[value.node].interval;
        return "    " + kind + ' ' + range(interval.width()) + nets_.name(value);
    }

    /// Registers and large tables are assigned in a block.
    bool is_reg(const Value& value) const { return value.copy > 0 || is_case(netlist_, value.node); }

    File print_layer(std::size_t m, Instance& instance) {
        const Module& layer = partition_.modules[m];
        nets_.enter(m);
        print_sections(m);
        instance.clocked = uses_clock_;
        print_unused(true);
        std::vector<std::pair<std::string, std::string>> lines;
        if (instance.clocked) lines.emplace_back("    input  wire clk", "");
        for (const Value& value : layer.reads)
            lines.emplace_back(port(value, "input  wire"), format_of(value));
        for (const Value& value : layer.gives)
            lines.emplace_back(port(value, keep_of(value) + (is_reg(value) ? "output reg " : "output wire")),
                               format_of(value));
        std::string head = "module " + instance.module + " (\n";
        for (std::size_t i = 0; i < lines.size(); ++i)
            head += lines[i].first + (i + 1 < lines.size() ? "," : "") + lines[i].second + '\n';
        const auto [first, last] =
            std::minmax_element(layer.nodes.begin(), layer.nodes.end(),
                                [this](ir::NodeId a, ir::NodeId b) { return schedule_.stage[a] < schedule_.stage[b]; });
        const std::string comment = layer_header(instance.module, netlist_.scopes[layer.scope], signature_,
                                                 schedule_.stage[*first], schedule_.stage[*last]);
        return {instance.module + ".v", whole(comment, head + ");\n")};
    }

    std::string format_of(const Value& value) const {
        return " // " + fx::name(fx::format_of(netlist_.nodes[value.node].interval));
    }

    /// Wires for what the layer gives, and the layer.
    void print_instance(const Module& layer, const Instance& instance) {
        title(comment_text(netlist_.scopes[layer.scope]));
        for (const Value& value : layer.gives)
            body_ += port(value, "wire") + ';' + format_of(value) + '\n';
        uses_clock_ = uses_clock_ || instance.clocked;
        std::vector<std::string> connections;
        if (instance.clocked) connections.emplace_back(".clk(clk)");
        for (const std::set<Value>* side : {&layer.reads, &layer.gives}) {
            for (const Value& value : *side) {
                const std::string name = nets_.name(value);
                connections.push_back('.' + name + '(' + name + ')');
            }
        }
        body_ += "\n    " + instance.module + ' ' + instance.name + " (\n";
        print_list("        ", connections, "\n    );\n");
    }

    /// Items with commas between them, as many as fit on a line.
    void print_list(std::string line, const std::vector<std::string>& items, const std::string& end) {
        const std::size_t margin = line.find_first_not_of(' ') == std::string::npos ? line.size() : 8;
        bool first = true;
        for (const std::string& item : items) {
            if (!first && line.size() + item.size() + 5 > page_width) {
                body_ += line + ",\n";
                line = std::string(margin, ' ') + item;
            } else {
                line += (first ? "" : ", ") + item;
            }
            first = false;
        }
        body_ += line + end;
    }

    void title(const std::string& text) {
        body_ += "\n    // ---- " + text + ' ' +
                 std::string(std::max<std::size_t>(100 - std::min<std::size_t>(text.size(), 90), 4), '-') + '\n';
    }

    std::string keep_of(const Value& value) const {
        return partition_.duplicates.count(value.node, value.copy) > 1 ? keep : "";
    }

    /// Declares the register copies of a value; they are clocked at the end of the section.
    void declare_copies(ir::NodeId node) {
        std::string declared, kept;
        for (int copy = 1; copy <= nets_.copies(node); ++copy) {
            const int registers = partition_.duplicates.count(node, copy);
            for (int k = 0; k < registers; ++k) {
                const Value value{node, copy, k};
                // What other modules read is a port; the top's own inputs are wires to them.
                if (partition_.owner[node] == 0 || !nets_.is_given(value)) {
                    std::string& list = registers > 1 ? kept : declared;
                    list += (list.empty() ? "" : ", ") + nets_.name(value);
                }
                const Value before{node, copy - 1, partition_.duplicates.fed_by(node, copy, k)};
                std::vector<std::string>& block = registers > 1 ? kept_ : clocked_;
                block.push_back(nets_.name(value) + " <= " + nets_.read_all(before) + ';');
            }
        }
        const std::string width = range(netlist_.nodes[node].interval.width());
        if (!declared.empty()) body_ += "    reg  " + width + declared + ";\n";
        if (!kept.empty()) body_ += "    " + (keep + "reg ") + width + kept + ";\n";
    }

    void print_clocked() {
        print_block("", clocked_);
        print_block(keep_block, kept_);
    }

    void print_block(const std::string& attribute, std::vector<std::string>& assignments) {
        if (assignments.empty()) return;
        uses_clock_ = true;
        body_ += "\n    " + attribute + "always @(posedge clk) begin\n";
        for (const std::string& line : assignments)
            body_ += "        " + line + '\n';
        body_ += "    end\n";
        assignments.clear();
    }

    void print_inputs() {
        title("inputs");
        for (std::size_t i = 0; i < netlist_.inputs.size(); ++i) {
            const ir::NodeId node = netlist_.inputs[i].node;
            const Port& port = signature_.inputs[i];
            if (node == 0 || !nets_.printed(node)) {
                if (port.width > 0) unread_input(port);
                continue;
            }
            body_ += "    wire " + range(port.width) + nets_.name(node) + " = in_data" + slice(port) + ';' +
                     remark(netlist_.nodes[node].interval, 0) + '\n';
            declare_copies(node);
        }
        if (std::all_of(signature_.inputs.begin(), signature_.inputs.end(),
                        [](const Port& port) { return port.width == 0; })) {
            unread_.emplace_back("in_data");
        }
        print_clocked();
    }

    /// Neighbouring ports that nobody reads become one slice.
    void unread_input(const Port& port) {
        Port joined = port;
        if (last_unread_.width > 0 && last_unread_.offset + last_unread_.width == port.offset) {
            joined.offset = last_unread_.offset;
            joined.width += last_unread_.width;
            unread_.pop_back();
        }
        unread_.push_back("in_data" + slice(joined));
        last_unread_ = joined;
    }

    /// Nodes by layer where that keeps operands before their readers, else in the netlist's order.
    std::vector<ir::NodeId> printing_order(const Module& module) const {
        std::vector<ir::NodeId> order = module.nodes;
        bool by_layer = true;
        for (const ir::NodeId id : order) {
            hw::for_each_read(netlist_, id, [&](const ir::Signal& s) {
                const bool is_input = netlist_.nodes[s.node].op == ir::Op::input;
                by_layer = by_layer && (is_input || netlist_.origins[s.node].scope <= netlist_.origins[id].scope);
            });
        }
        if (by_layer) {
            std::stable_sort(order.begin(), order.end(), [this](ir::NodeId a, ir::NodeId b) {
                return netlist_.origins[a].scope < netlist_.origins[b].scope;
            });
        }
        return order;
    }

    /// The values of a module; those of the top in sections with a title, one per layer.
    void print_sections(std::size_t m) {
        std::set<std::uint32_t> seen;
        std::optional<std::uint32_t> current;
        if (m != 0) body_ += '\n';
        for (const ir::NodeId node : printing_order(partition_.modules[m])) {
            const std::uint32_t scope = netlist_.origins[node].scope;
            if (m == 0 && current != scope) {
                print_clocked();
                const std::string& name = netlist_.scopes[scope];
                title((name.empty() ? "values" : comment_text(name)) +
                      (seen.insert(scope).second ? "" : " (continued)"));
                current = scope;
            }
            nets_.read_for(node);
            body_ += print_node(netlist_, schedule_, node, adders_, nets_, cells_);
            declare_copies(node);
        }
        print_clocked();
    }

    void print_outputs() {
        title("outputs");
        std::string assigns;
        for (std::size_t j = 0; j < netlist_.outputs.size(); ++j) {
            const Port& port = signature_.outputs[j];
            if (port.width == 0) continue;
            assigns += "    assign out_data" + slice(port) + " = " + output(j) + "; // " + comment_text(port.name) +
                       ", " + fx::name(port.format) + '\n';
        }
        print_clocked();
        body_ += assigns.empty() ? "    assign out_data = 1'd0;\n" : assigns;
    }

    std::string output(std::size_t j) {
        const Port& port = signature_.outputs[j];
        const hw::Operand value = hw::operand(netlist_, netlist_.outputs[j].signal);
        const int stage = hw::output_stage(schedule_, netlist_, j);
        const int lsb = -port.format.fraction;
        nets_.read_for(static_cast<std::uint32_t>(netlist_.nodes.size() + j));
        if (!value.negate) return nets_.read(value, stage, lsb, lsb + port.width - 1);
        std::string negated = print_negation(value, stage, port.width, nets_);
        if (!schedule_.output_registers) return negated;
        const auto [made, is_new] = negated_.try_emplace(value.node);
        if (!is_new) return made->second; // equal outputs share their register
        const std::string name = names_.claim(legal_identifier(port.name, "y"), 1);
        body_ += "    wire " + range(port.width) + name + " = " + negated + ";\n    reg  " + range(port.width) +
                 copy_name(name, 1) + ";\n";
        clocked_.push_back(copy_name(name, 1) + " <= " + name + ';');
        return made->second = copy_name(name, 1);
    }

    void print_valid() {
        title("valid");
        if (signature_.latency_cycles == 0) {
            body_ += "    assign out_valid = in_valid;\n";
            return;
        }
        uses_clock_ = true;
        cells_.insert("fx_valid");
        body_ += "    localparam LATENCY = " + std::to_string(signature_.latency_cycles) +
                 ";\n    fx_valid #(.LATENCY(LATENCY)) " + names_.claim("valid") +
                 " (.clk_i(clk), .valid_i(in_valid), .valid_o(out_valid));\n";
    }

    /// Lint asks that every bit is read; a name with "unused" in it says that it is not read on purpose.
    void print_unused(bool in_layer = false) {
        if (!uses_clock_ && !in_layer) unread_.emplace_back("clk");
        for (std::string& bits : nets_.unread())
            unread_.push_back(std::move(bits));
        if (unread_.empty()) return;
        title("bits that nothing reads");
        unread_.insert(unread_.begin(), "1'b0");
        print_list("    wire " + names_.claim("_unused") + " = &{", unread_, "};\n");
    }

    const ir::Netlist& netlist_;
    const hw::Schedule& schedule_;
    const Signature& signature_;
    const EmitOptions& options_;
    AddersOfThree adders_;
    Partition partition_;
    Names names_;
    Nets nets_;
    Names modules_;
    std::set<std::string> cells_;
    std::string body_;
    std::vector<std::string> clocked_; ///< assignments of the section's registers
    std::vector<std::string> kept_;    ///< of those that synthesis must not merge
    std::vector<std::string> unread_;
    Port last_unread_;
    std::map<ir::NodeId, std::string> negated_; ///< registers of minus a node, at outputs
    bool uses_clock_ = false;
};

} // namespace

Place place(const ir::Netlist& netlist, ir::NodeId node) {
    const ir::Origin& origin = netlist.origins[node];
    return {netlist.scopes[origin.scope], origin.index};
}

int width_of(const std::vector<Probe>& probes) {
    return probes.empty() ? 0 : probes.back().port.offset + probes.back().port.width;
}

Verilog emit(const ir::Netlist& netlist, const hw::Schedule& schedule, const Signature& signature,
             const EmitOptions& options) {
    CHECK(schedule.stage.size() == netlist.nodes.size(), "the schedule is of another netlist");
    CHECK(signature.inputs.size() == netlist.inputs.size() && signature.outputs.size() == netlist.outputs.size(),
          "the signature is of another netlist");
    CHECK(signature.latency_cycles == schedule.latency_cycles(), "the signature is of another schedule");
    return Emitter(netlist, schedule, signature, options).print();
}

} // namespace bitgrain::rtl
