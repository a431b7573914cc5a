#include "lower/lower.hpp"

#include "ir/builder.hpp"
#include "lower/wires.hpp"
#include "model/run.hpp"

#include <string>

namespace bitgrain::lower {

namespace {

std::string port_name(const std::string& name, std::size_t element) {
    return name + "[" + std::to_string(element) + "]";
}

} // namespace

ir::Netlist lower(const model::Model& model, const Options& options) {
    ir::Builder builder(model.name);
    std::vector<std::vector<ir::Signal>> inputs;
    for (const model::Input& input : model.inputs) {
        std::vector<ir::Signal>& signals = inputs.emplace_back();
        for (std::size_t i = 0; i < input.formats.size(); ++i) {
            signals.push_back(builder.input(port_name(input.name, i), input.formats[i]));
        }
    }
    Wires wires(model, options, builder);
    const auto values = model::run_all(model, wires, std::move(inputs));
    for (const model::Output& output : model.outputs) {
        for (std::size_t i = 0; i < values[output.value].size(); ++i) {
            builder.output(port_name(output.name, i), values[output.value][i]);
        }
    }
    return builder.finish();
}

} // namespace bitgrain::lower
