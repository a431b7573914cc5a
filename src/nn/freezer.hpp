// Partial evaluation of a calibrated graph: nodes that depend on parameters only become numbers, the others model
// steps.
#pragma once

#include "model/model.hpp"
#include "nn/engine.hpp"
#include "nn/graph/graph.hpp"

#include <map>
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
    /// Appends a model step that computes `result`, named after its layer.
    void add_step(Var result, const std::vector<Var>& operands, model::Op op);

    /// All per-sample ops in order, then the output.
    model::Model freeze(Var output, const std::string& output_name);

  private:
    const Graph& graph_;
    const Engine<double>& engine_;
    const std::vector<std::vector<fx::Cast>>& casts_;
    std::map<std::uint32_t, std::size_t> value_of_; ///< Var -> number of the model value
    model::Model model_;
};

} // namespace bitgrain::nn
