// The invariants of a netlist, written down a second time: as checks instead of as construction.
#include "base/error.hpp"
#include "fx/arithmetic.hpp"
#include "ir/derive.hpp"

#include <algorithm>
#include <unordered_set>

namespace bitgrain::ir {

namespace {

class Verifier {
  public:
    explicit Verifier(const Netlist& netlist) : netlist_(netlist) {}

    void run() {
        check_shape();
        for (id_ = 0; id_ < netlist_.nodes.size(); ++id_) {
            node_ = &netlist_.nodes[id_];
            check_operands();
            check_form();
            check_interval();
            const bool constant = node_->op == Op::constant;
            require(constant == node_->interval.is_constant(), "only constants have a constant interval");
            const std::string value = constant ? std::to_string(node_->interval.lo) : "";
            require(seen_.insert(identity(*node_) + value).second, "an equal node exists");
        }
        check_ports();
    }

  private:
    void require(bool condition, const char* reason) const {
        CHECK(condition,
              "netlist '" + netlist_.name + "', node " + std::to_string(id_) + " (" + name(node_->op) + "): " + reason);
    }

    void check_shape() const {
        CHECK(!netlist_.nodes.empty(), "a netlist has at least node 0");
        const Node& zero = netlist_.nodes[0];
        CHECK(zero.op == Op::constant && zero.interval == fx::Interval{}, "node 0 is the constant zero");
        CHECK(netlist_.origins.size() == netlist_.nodes.size(), "one origin per node");
        CHECK(!netlist_.scopes.empty() && netlist_.scopes[0].empty(), "scope 0 is the design itself");
        for (const Origin& origin : netlist_.origins)
            CHECK(origin.scope < netlist_.scopes.size(), "unknown scope");
    }

    void check_operands() const {
        const std::size_t n = node_->operands;
        switch (node_->op) {
        case Op::input:
        case Op::constant:
            require(n == 0, "a leaf has no operands");
            break;
        case Op::add:
            require(n == 2 || n == 3, "an add has two or three operands");
            break;
        case Op::cast:
        case Op::table:
            require(n == 1, "one operand expected");
            break;
        case Op::select:
            require(n == 3, "three operands expected");
            break;
        case Op::mul:
            require(n == 2, "two operands expected");
            break;
        }
        for (std::size_t i = 0; i < node_->in.size(); ++i) {
            const Signal& in = node_->in[i];
            require(i < n || in == Signal{}, "an unused operand is set");
            require(in.node < std::max<std::size_t>(id_, 1), "an operand is not an earlier node");
            require(in.node != 0 || in == Signal{}, "zero carries a shift or a sign");
            require(i >= n || in.node != 0 || node_->op == Op::select, "a zero operand");
        }
    }

    void check_form() const {
        const auto& in = node_->in;
        switch (node_->op) {
        case Op::input:
            require(node_->payload < netlist_.inputs.size(), "unknown input");
            require(netlist_.inputs[node_->payload].node == id_, "its input is another node");
            break;
        case Op::constant:
            require(node_->payload == 0 && node_->interval.fraction == 0, "a constant is a whole number");
            require(id_ == 0 || (node_->interval.lo > 0 && node_->interval.lo % 2 == 1),
                    "a constant is odd and positive");
            break;
        case Op::add:
            check_add();
            break;
        case Op::cast:
            require(node_->payload < netlist_.casts.size(), "unknown cast");
            require(in[0].shift == 0, "shift not moved out");
            require(netlist_.casts[node_->payload].format.fraction == node_->interval.fraction,
                    "not on the grid of its format");
            break;
        case Op::select:
            check_select();
            break;
        case Op::table:
            require(node_->payload < netlist_.tables.size(), "unknown table");
            require(in[0].shift == 0 && !in[0].negate, "shift or sign not moved out");
            check_table(netlist_.tables[node_->payload]);
            break;
        case Op::mul:
            require(in[0].node <= in[1].node, "operands out of order");
            require(in[0].shift == 0 && !in[0].negate && in[1].shift == 0 && !in[1].negate,
                    "shift or sign not moved out");
            break;
        }
    }

    void check_add() const {
        Node sorted = *node_;
        sort_operands(sorted);
        require(sorted.in == node_->in, "operands out of order");
        require(!node_->in[0].negate, "no positive operand");
        int least = node_->in[0].shift;
        std::size_t constants = 0;
        for (std::size_t i = 0; i < node_->operands; ++i) {
            const Signal& a = node_->in[i];
            least = std::min(least, a.shift);
            constants += netlist_.nodes[a.node].op == Op::constant ? 1 : 0;
            for (std::size_t j = i + 1; j < node_->operands; ++j) {
                require(a.node != node_->in[j].node || a.shift != node_->in[j].shift, "equal operands");
            }
        }
        require(least == 0, "shift not moved out");
        require(constants <= 1, "constants not merged");
    }

    void check_select() const {
        const Signal &sign = node_->in[0], &a = node_->in[1], &b = node_->in[2];
        require(sign.node != 0 && sign.shift == 0, "shift of the sign signal not dropped");
        require(a != b, "equal branches");
        const int least = a.node == 0 ? b.shift : b.node == 0 ? a.shift : std::min(a.shift, b.shift);
        require(least == 0, "shift not moved out");
        require((a.node != 0 && !a.negate) || (b.node != 0 && !b.negate), "sign not moved out");
        const fx::Interval range = interval(netlist_, sign);
        require(range.lo < 0 && range.hi >= 0, "the sign is known");
    }

    void check_table(const Table& table) const {
        const fx::Interval& key = netlist_.nodes[node_->in[0].node].interval;
        require(table.key == key, "the key is not the interval of the operand");
        require(static_cast<std::int64_t>(table.codes.size()) == key.hi - key.lo + 1, "one entry per code expected");
        require(table.fraction == 0, "a table holds whole numbers");
    }

    void check_interval() const {
        const fx::Interval& own = node_->interval;
        require(own.lo <= own.hi, "empty interval");
        require(fx::magnitude_bits(own.lo) <= fx::max_code_bits && fx::magnitude_bits(own.hi) <= fx::max_code_bits,
                "wider than 62 bits");
        switch (node_->op) {
        case Op::constant:
            break;
        case Op::input:
            require(own == fx::range_of(netlist_.inputs[node_->payload].format), "not the range of its format");
            break;
        case Op::add:
        case Op::select: {
            const fx::Interval derived = derive_interval(netlist_, *node_);
            require(own.fraction == derived.fraction, "not on the grid of its operands");
            require(derived.contains(own), "wider than its operands allow");
            break;
        }
        case Op::cast:
        case Op::table:
        case Op::mul:
            require(own == derive_interval(netlist_, *node_), "not the interval of its operands");
            break;
        }
    }

    void check_ports() const {
        for (std::size_t i = 0; i < netlist_.inputs.size(); ++i) {
            const Input& input = netlist_.inputs[i];
            if (input.node == 0) continue;
            CHECK(input.node < netlist_.nodes.size() && netlist_.nodes[input.node].op == Op::input &&
                      netlist_.nodes[input.node].payload == i,
                  "input '" + input.name + "' is not its node");
        }
        for (const Output& output : netlist_.outputs) {
            CHECK(output.signal.node < netlist_.nodes.size(), "output '" + output.name + "' reads no node");
            CHECK(output.signal.node != 0 || output.signal == Signal{},
                  "output '" + output.name + "' shifts or negates zero");
        }
    }

    const Netlist& netlist_;
    std::size_t id_ = 0;
    const Node* node_ = nullptr;
    std::unordered_set<std::string> seen_;
};

} // namespace

void verify(const Netlist& netlist) {
    Verifier(netlist).run();
}

} // namespace bitgrain::ir
