#include "nn/freezer.hpp"

#include "base/error.hpp"
#include "model/prove.hpp"

namespace bitgrain::nn {

Freezer::Freezer(const Graph& graph, const Engine<double>& engine, const std::vector<std::vector<fx::Cast>>& casts,
                 Var input, const model::Input& port)
    : graph_(graph), engine_(engine), casts_(casts), builder_("") {
    set(input, builder_.input(port.name, port.shape));
    builder_.model().inputs[0] = port;
}

std::vector<model::Tensor> Freezer::values(const std::vector<Var>& vars) const {
    std::vector<model::Tensor> result;
    for (const Var var : vars)
        result.push_back(value(var));
    return result;
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
    builder_.output(output_name, {value(output).value, {graph_.size(output)}});
    if (proven_.empty()) return std::move(builder_.model());
    return model::prove_ranges(builder_.model(), proven_);
}

} // namespace bitgrain::nn
