// Partial evaluation of a calibrated graph: nodes that depend on parameters only become numbers, the others model
// steps.
#pragma once

#include "model/builder.hpp"
#include "nn/engine.hpp"
#include "nn/functions.hpp"
#include "nn/graph/graph.hpp"

#include <map>
#include <set>
#include <span>
#include <vector>

namespace bitgrain::nn {

class Freezer {
  public:
    /// `engine` has just run forward in Mode::calibrate; casts are the exact formats by quantizer number.
    Freezer(const Graph& graph, const Engine<double>& engine, const std::vector<std::vector<fx::Cast>>& casts,
            Var input, const model::Input& port);

    const Graph& graph() const { return graph_; }
    /// Value of a shared Var.
    std::span<const double> constant(Var var) const { return engine_.shared_value(var); }
    const std::vector<fx::Cast>& casts(std::size_t quantizer) const { return casts_[quantizer]; }
    /// Makes the steps; their names are those of the layers.
    model::Builder& builder() { return builder_; }
    const std::string& name(Var var) const { return graph_.node(var).name; }
    const model::Tensor& value(Var var) const { return value_of_.at(var.id); }
    std::vector<model::Tensor> values(const std::vector<Var>& vars) const;
    /// Which value of the model a per-sample Var became.
    void set(Var var, model::Tensor value) { value_of_[var.id] = std::move(value); }
    /// A Var that is a function of a quantised one; its quantizer makes the table.
    struct Applied {
        Function function;
        Var x;
    };
    void set_function(Var var, Function function, Var x) { functions_[var.id] = {function, x}; }
    const Applied* function(Var var) const {
        const auto found = functions_.find(var.id);
        return found == functions_.end() ? nullptr : &found->second;
    }
    /// No input may overflow the cast that a Var became.
    void prove(Var var) { proven_.insert(value(var).value - builder_.model().inputs.size()); }

    /// Steps that no input may overflow.
    std::set<std::size_t>& proven() { return proven_; }

    /// All per-sample ops in order, then the output.
    model::Model freeze(Var output, const std::string& output_name);

  private:
    const Graph& graph_;
    const Engine<double>& engine_;
    const std::vector<std::vector<fx::Cast>>& casts_;
    std::map<std::uint32_t, model::Tensor> value_of_;
    std::map<std::uint32_t, Applied> functions_;
    model::Builder builder_;
    std::set<std::size_t> proven_; ///< steps
};

} // namespace bitgrain::nn
