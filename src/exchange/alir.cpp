#include "exchange/alir.hpp"

#include "base/error.hpp"
#include "exchange/program_writer.hpp"
#include "fx/arithmetic.hpp"

namespace bitgrain::exchange {

namespace {

class Exporter {
  public:
    explicit Exporter(const ir::Netlist& netlist) : netlist_(netlist) {}

    Json run() {
        for (const ir::Node& node : netlist_.nodes)
            values_.push_back(value(node));
        Json ids = Json::array(), shifts = Json::array(), negative = Json::array();
        for (const ir::Output& output : netlist_.outputs) {
            ids.push_back(values_[output.signal.node].id);
            shifts.push_back(output.signal.shift);
            negative.push_back(output.signal.negate);
        }
        Json block = Json::array();
        block.push_back({netlist_.inputs.size(), netlist_.outputs.size()});
        block.push_back(std::vector<int>(netlist_.inputs.size(), 0));
        block.push_back(std::move(ids));
        block.push_back(std::move(shifts));
        block.push_back(std::move(negative));
        block.push_back(writer_.operations());
        block.push_back(-1); // carry and adder sizes: for the cost model of the reader
        block.push_back(-1);
        block.push_back(writer_.tables().empty() ? Json() : writer_.tables());
        return {{"meta", "ALIRModel"}, {"spec_version", 4}, {"model", std::move(block)}};
    }

  private:
    Value operand(const ir::Signal& signal) { return writer_.moved(values_[signal.node], signal.shift, signal.negate); }

    Value value(const ir::Node& node) {
        switch (node.op) {
        case ir::Op::input:
            return writer_.input(node.payload, netlist_.inputs[node.payload].format);
        case ir::Op::constant:
            return writer_.constant(node.interval.lo, node.interval.fraction);
        case ir::Op::add: {
            std::vector<ProgramWriter::Term> terms;
            for (std::size_t k = 0; k < node.operands; ++k)
                terms.push_back({values_[node.in[k].node], node.in[k].shift, node.in[k].negate});
            return writer_.sum(terms, node.interval);
        }
        case ir::Op::cast:
            return writer_.cast(operand(node.in[0]), netlist_.casts[node.payload], node.interval);
        case ir::Op::select:
            return writer_.select(operand(node.in[0]), operand(node.in[1]), operand(node.in[2]), node.interval);
        case ir::Op::table:
            return writer_.table(operand(node.in[0]), netlist_.tables[node.payload]);
        case ir::Op::mul:
            return writer_.product(operand(node.in[0]), operand(node.in[1]), node.interval);
        }
        CHECK(false, "a netlist op");
    }

    const ir::Netlist& netlist_;
    ProgramWriter writer_;
    std::vector<Value> values_;
};

} // namespace

Json to_alir(const ir::Netlist& netlist) {
    return Exporter(netlist).run();
}

} // namespace bitgrain::exchange
