#include "nn/freezer.hpp"

#include "base/error.hpp"

namespace bitgrain::nn {

Freezer::Freezer(const Graph& graph, const Engine<double>& engine, const std::vector<std::vector<fx::Cast>>& casts,
                 Var input, const model::Input& port)
    : graph_(graph), engine_(engine), casts_(casts) {
    model_.inputs.push_back(port);
    value_of_[input.id] = 0;
}

void Freezer::add_step(Var result, const std::vector<Var>& operands, model::Op op) {
    model::Step step{graph_.node(result).name, {}, std::move(op)};
    for (const Var operand : operands)
        step.operands.push_back(value_of_.at(operand.id));
    value_of_[result.id] = model_.inputs.size() + model_.steps.size();
    model_.steps.push_back(std::move(step));
}

model::Model Freezer::freeze(Var output, const std::string& output_name) {
    // Only what the output depends on: the pre-normalisation product of a batch-normalised layer, for one, is left out.
    std::vector<bool> needed(graph_.nodes().size(), false);
    needed[output.id] = true;
    for (std::size_t i = graph_.nodes().size(); i-- > 0;) {
        if (!needed[i] || graph_.nodes()[i].shared) continue; // a constant needs nothing
        for (const Var in : graph_.nodes()[i].in)
            needed[in.id] = true;
    }
    for (std::size_t i = 0; i < graph_.nodes().size(); ++i) {
        const GraphNode& node = graph_.nodes()[i];
        if (needed[i] && !node.shared) node.op->freeze(*this);
    }
    model_.outputs.push_back({output_name, {graph_.size(output)}, value_of_.at(output.id)});
    return std::move(model_);
}

} // namespace bitgrain::nn
