// Netlist signals as a Domain: running a model over them lowers it.
#pragma once

#include "ir/builder.hpp"
#include "lower/lower.hpp"
#include "lower/rounding.hpp"
#include "lower/solver.hpp"
#include "model/model.hpp"

#include <map>
#include <span>
#include <string>
#include <vector>

namespace bitgrain::lower {

class Wires {
  public:
    using Value = ir::Signal;

    /// The model must be valid; model and builder must outlive the domain.
    Wires(const model::Model& model, const Options& options, ir::Builder& builder)
        : model_(model), solver_(options.cmvm), builder_(builder), roundings_(plan_roundings(model)) {}

    void begin_step(std::size_t step);
    void begin_element(std::size_t element);

    static Value zero() { return ir::Builder::zero(); }
    Value add(Value a, Value b) { return builder_.add(a, b); }
    Value mul(Value a, Value b) { return builder_.mul(a, b); }
    Value maximum(Value a, Value b) { return builder_.maximum(a, b); }
    Value relu(Value a) { return builder_.relu(a); }
    /// Never leaves RND in the netlist: the half is added here unless it is in the operand already.
    Value cast(Value a, const fx::Cast& cast);
    Value table(Value a, const model::Table::Content& table);
    std::vector<Value> affine(const model::Affine& affine, std::span<const Value> x);

  private:
    /// What is made next belongs to this output of the layer; -1: to several.
    void name_nodes(int element);
    /// Adder levels before a node's result.
    int depth(ir::NodeId node);
    /// Makes the nodes of a solved graph; `inputs` are the signals of its inputs, `names` the elements its outputs are.
    std::vector<Value> build(const cmvm::AdderGraph& graph, const std::vector<Value>& inputs,
                             const std::vector<std::size_t>& names);
    /// A table node of a graph whose earlier nodes are `signals`.
    Value look_up(const cmvm::AdderGraph& graph, const cmvm::Node& node, const std::vector<Value>& signals);

    const model::Model& model_;
    Solver solver_;
    ir::Builder& builder_;
    Roundings roundings_;
    std::vector<int> depths_; ///< per node, as far as known
    std::size_t step_ = 0, element_ = 0;
    /// Affine steps of one name are the positions of one layer, in order: its outputs are numbered through.
    std::map<std::string, std::size_t> outputs_;
    std::size_t first_output_ = 0; ///< of this step
};

} // namespace bitgrain::lower
