#include "lower/wires.hpp"

#include "fx/arithmetic.hpp"
#include "model/intervals.hpp"

#include <algorithm>

namespace bitgrain::lower {

namespace {

/// Levels of logic of one node, counted in adders: only the differences between a matrix's inputs matter.
int levels(const ir::Netlist& netlist, const ir::Node& node) {
    switch (node.op) {
    case ir::Op::input:
    case ir::Op::constant:
        return 0;
    case ir::Op::add:
    case ir::Op::select:
    case ir::Op::table:
        return 1;
    case ir::Op::cast: {
        const fx::Cast& cast = netlist.casts[node.payload];
        return cast.round == fx::Round::trn && cast.overflow == fx::Overflow::wrap ? 0 : 1;
    }
    case ir::Op::mul:
        return 3;
    }
    return 0;
}

} // namespace

void Wires::begin_step(std::size_t step) {
    step_ = step;
    first_output_ = 0;
    if (const auto* affine = std::get_if<model::Affine>(&model_.steps[step].op)) {
        std::size_t& outputs = outputs_[model_.steps[step].name];
        first_output_ = outputs;
        outputs += affine->columns;
    }
}

void Wires::name_nodes(int element) {
    if (element >= 0) element += static_cast<int>(first_output_);
    builder_.set_origin(model_.steps[step_].name, element);
}

void Wires::begin_element(std::size_t element) {
    element_ = element;
    name_nodes(static_cast<int>(element));
}

int Wires::depth(ir::NodeId id) {
    const ir::Netlist& netlist = builder_.netlist();
    while (depths_.size() < netlist.nodes.size()) {
        const ir::Node& node = netlist.nodes[depths_.size()];
        int before = 0;
        for (std::size_t k = 0; k < node.operands; ++k)
            before = std::max(before, depths_[node.in[k].node]);
        depths_.push_back(before + levels(netlist, node));
    }
    return depths_[id];
}

ir::Signal Wires::cast(ir::Signal a, const fx::Cast& cast) {
    if (cast.format.is_zero()) return zero();
    const fx::Interval range = builder_.interval(a);
    const fx::Cast truncate{cast.format, fx::Round::trn, cast.overflow};
    if (roundings_.folded[step_][element_]) return builder_.cast(a, truncate);
    const int fraction = cast.format.fraction;
    if (cast.round != fx::Round::rnd || fraction >= range.fraction) return builder_.cast(a, cast);
    // A half beyond the range, which might not even fit a number, leaves no choice of results.
    const fx::Interval result = fx::cast(range, cast);
    if (result.is_constant()) return builder_.constant(result.lo, result.fraction);
    // What lies below the half cannot matter: without it the adder and the wires are narrower.
    const fx::Format any{true, fx::max_code_bits - 2 - fraction, fraction + 1};
    const ir::Signal low = builder_.cast(a, {any, fx::Round::trn, fx::Overflow::wrap});
    return builder_.cast(builder_.add(low, builder_.constant(1, fraction + 1)), truncate);
}

ir::Signal Wires::table(ir::Signal a, const model::Table::Content& table) {
    const model::TableCodes codes = model::codes_of(table);
    const ir::Signal key = builder_.cast(a, {table.key, fx::Round::trn, fx::Overflow::wrap}); // changes no value
    return builder_.table(key, {fx::range_of(table.key), codes.codes, codes.fraction});
}

} // namespace bitgrain::lower
