#include "nn/compaction.hpp"

#include "base/error.hpp"
#include "fx/arithmetic.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace bitgrain::nn {

namespace {

using Flags = std::vector<bool>; ///< per element of a layer's output, as the compacted network holds it

/// A unit's value when no weight into it is left.
std::optional<double> constant_output(const LayerRecord& layer, const Engine<double>& engine,
                                      const Calibration& calibration, std::size_t unit) {
    const KernelParts& kernel = *layer.kernel;
    if (!kernel.activation) return std::nullopt;
    const auto weights = engine.shared_value(kernel.weights);
    const auto& inputs = calibration.casts[kernel.input_quantizer];
    const std::size_t outputs = layer.output.size();
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        if (weights[i * outputs + unit] != 0.0 && !inputs[i].format.is_zero()) return std::nullopt;
    }
    const double bias = kernel.bias ? engine.shared_value(*kernel.bias)[unit] : 0.0;
    return (*kernel.activation)(bias);
}

/// The bias takes a constant of a input: wrapping, so that more fraction bits are all it may need; without batch
/// normalisation, whose mean the constant would be part of.
bool can_take_constants(const Network& network, const LayerRecord& layer) {
    if (!layer.kernel || layer.kernel->batch_norm || !layer.kernel->bias) return false;
    const QuantizerSettings& settings = network.graph.quantizers()[layer.kernel->bias_quantizer]->settings();
    return settings.overflow == fx::Overflow::wrap && settings.trainable;
}

/// What a constant element of its input adds to one output of a dense layer.
double contribution(const Network& network, const LayerRecord& reader, const Engine<double>& engine,
                    const Calibration& calibration, double value, std::size_t element, std::size_t output) {
    const fx::Cast& cast = calibration.casts[reader.kernel->input_quantizer][element];
    const auto weights = engine.shared_value(reader.kernel->weights);
    const Rounding rounding = network.graph.quantizers()[reader.kernel->input_quantizer]->settings().round;
    return model::cast(value, cast, rounding) * weights[element * reader.output.size() + output];
}

/// Whether a bias with these additions still lies on a grid that its quantizer may have.
bool fits(const Network& network, const LayerRecord& reader, double addition) {
    const Quantizer& bias = *network.graph.quantizers()[reader.kernel->bias_quantizer];
    return addition == 0.0 || fx::to_dyadic(addition).fraction <= std::min(bias.settings().max_fraction, 16.0);
}

bool per_element(const Network& network) {
    return std::all_of(network.graph.quantizers().begin(), network.graph.quantizers().end(),
                       [](const auto& q) { return q->settings().granularity == Granularity::element; });
}

/// Marks what layer number `number` needs of its inputs; true when something new was marked.
class Needs {
  public:
    Needs(const Network& network, const Engine<double>& engine, const Calibration& calibration)
        : network_(network), engine_(engine), calibration_(calibration) {
        for (const LayerRecord& layer : network.layers)
            needed_.emplace_back(layer.output.size(), false);
        needed_.back().assign(needed_.back().size(), true);
        // Layers that share their elements with others can make more needed on both sides: until nothing is new.
        do {
            changed_ = false;
            for (std::size_t l = network.layers.size(); l-- > 1;)
                visit(l);
        } while (changed_);
    }

    const Flags& of(std::size_t layer) const { return needed_[layer]; }

  private:
    void need(std::size_t layer, std::size_t element) {
        changed_ = changed_ || !needed_[layer][element];
        needed_[layer][element] = true;
    }

    void visit(std::size_t l) {
        const LayerRecord& layer = network_.layers[l];
        if (layer.whole) {
            for (const std::size_t in : layer.inputs) {
                for (std::size_t e = 0; e < needed_[in].size(); ++e)
                    need(in, e);
            }
        } else if (layer.kernel) {
            for (std::size_t i = 0; i < network_.layers[layer.inputs[0]].output.size(); ++i) {
                if (reads(layer, i)) need(layer.inputs[0], i);
            }
        } else if (layer.type == "concat") {
            std::size_t first = 0;
            for (const std::size_t in : layer.inputs) {
                for (std::size_t e = 0; e < needed_[in].size(); ++e)
                    alike(l, first + e, in, e);
                first += needed_[in].size();
            }
        } else { // one element in, one element out
            for (const std::size_t in : layer.inputs) {
                for (std::size_t e = 0; e < needed_[in].size(); ++e)
                    alike(l, e, in, e);
            }
        }
    }

    void alike(std::size_t a, std::size_t element_a, std::size_t b, std::size_t element_b) {
        if (needed_[a][element_a] || needed_[b][element_b]) {
            need(a, element_a);
            need(b, element_b);
        }
    }

    bool reads(const LayerRecord& layer, std::size_t element) const {
        if (calibration_.casts[layer.kernel->input_quantizer][element].format.is_zero()) return false;
        const auto weights = engine_.shared_value(layer.kernel->weights);
        const std::size_t outputs = layer.output.size(),
                          number = static_cast<std::size_t>(&layer - network_.layers.data());
        bool weighted = false;
        for (std::size_t o = 0; o < outputs; ++o)
            weighted = weighted || (needed_[number][o] && weights[element * outputs + o] != 0.0);
        if (!weighted) return false;
        const LayerRecord& source = network_.layers[layer.inputs[0]];
        if (!source.kernel || source.whole || !can_take_constants(network_, layer)) return true;
        const auto value = constant_output(source, engine_, calibration_, element);
        if (!value) return true;
        for (std::size_t o = 0; o < outputs; ++o) {
            if (!fits(network_, layer, contribution(network_, layer, engine_, calibration_, *value, element, o)))
                return true;
        }
        return false;
    }

    const Network& network_;
    const Engine<double>& engine_;
    const Calibration& calibration_;
    std::vector<Flags> needed_;
    bool changed_ = false;
};

} // namespace

Live find_live(const Network& network, const Engine<double>& engine, const Calibration& calibration) {
    Live live;
    const bool can = per_element(network);
    const Needs needs(network, engine, calibration);
    for (std::size_t l = 0; l < network.layers.size(); ++l) {
        const LayerRecord& layer = network.layers[l];
        if (l > 0 && (!layer.kernel || layer.whole)) continue;
        std::vector<std::uint32_t>& elements = live[layer.name];
        for (std::size_t e = 0; e < layer.output.size(); ++e) {
            if (!can || needs.of(l)[e]) elements.push_back(static_cast<std::uint32_t>(layer.output.whole(e)));
        }
        if (elements.empty()) elements.push_back(static_cast<std::uint32_t>(layer.output.whole(0)));
    }
    return live;
}

Live either(const Live& a, const Live& b) {
    Live both;
    for (const auto& [name, elements] : a) {
        std::set_union(elements.begin(), elements.end(), b.at(name).begin(), b.at(name).end(),
                       std::back_inserter(both[name]));
    }
    return both;
}

std::size_t kernel_size(const Network& network) {
    std::size_t total = 0;
    for (const LayerRecord& layer : network.layers) {
        if (layer.kernel) total += network.graph.size(layer.kernel->weights);
    }
    return total;
}

void move_constants(const Network& present, const Engine<double>& engine, const Calibration& calibration,
                    const Network& next, const Parameters& layout, std::span<float> whole) {
    for (const LayerRecord& reader : present.layers) {
        if (!reader.kernel || reader.whole || !reader.kernel->bias) continue;
        const KernelParts& kernel = *reader.kernel;
        const LayerRecord& source = present.layers[reader.inputs[0]];
        const std::vector<std::uint32_t>& stays = next.layers[reader.inputs[0]].output.live;
        const auto weights = engine.shared_value(kernel.weights);
        const std::size_t outputs = reader.output.size();
        // What the bias no longer subtracts for the mean of inputs, and what it has to add for constant ones.
        std::vector<double> means(outputs, 0.0), constants(outputs, 0.0);
        for (std::size_t e = 0; e < source.output.size(); ++e) {
            if (stays.empty() || std::binary_search(stays.begin(), stays.end(), source.output.whole(e))) continue;
            for (std::size_t o = 0; o < outputs && !kernel.mean.empty(); ++o)
                means[o] += kernel.mean[e] * weights[e * outputs + o];
            if (!source.kernel || !can_take_constants(present, reader)) continue;
            const double value = constant_output(source, engine, calibration, e).value_or(0.0); // or nobody reads it
            for (std::size_t o = 0; o < outputs; ++o)
                constants[o] += contribution(present, reader, engine, calibration, value, e, o);
        }
        const Quantizer& bias = *present.graph.quantizers()[kernel.bias_quantizer];
        for (std::size_t o = 0; o < outputs; ++o) {
            if (means[o] == 0.0 && constants[o] == 0.0) continue;
            const std::size_t element = reader.output.whole(o);
            float& parameter = whole[layout.slices()[kernel.bias_slice].offset + element];
            const double sum = engine.shared_value(*kernel.bias_sum)[o], rounded = engine.shared_value(*kernel.bias)[o];
            parameter = static_cast<float>(static_cast<double>(parameter) + (rounded - sum) - means[o] + constants[o]);
            if (constants[o] == 0.0) continue;
            float& fraction = whole[layout.slices()[bias.width_slice()].offset + element];
            fraction = std::max(fraction, static_cast<float>(fx::to_dyadic(constants[o]).fraction));
        }
    }
}

namespace {

/// Calls visit(index in the part, index in the whole) for every element of the part.
template <class Visit>
void each_element(const Parameters& layout, const Parameters& part, const Visit& visit) {
    CHECK(layout.slices().size() == part.slices().size(), "a compacted network has the slices of the whole one");
    for (std::size_t s = 0; s < part.slices().size(); ++s) {
        const ParameterSlice& slice = part.slices()[s];
        for (std::size_t i = 0; i < slice.size; ++i)
            visit(slice.offset + i, layout.slices()[s].offset + slice.whole(i));
    }
}

} // namespace

void widen(const Parameters& layout, const Parameters& part, std::span<const float> values, std::span<float> whole) {
    each_element(layout, part, [&](std::size_t i, std::size_t w) { whole[w] = values[i]; });
}

void narrow(const Parameters& layout, const Parameters& part, std::span<const float> whole, std::span<float> values) {
    each_element(layout, part, [&](std::size_t i, std::size_t w) { values[i] = whole[w]; });
}

void bury(const Parameters& layout, const Parameters& present, const Parameters& next, std::span<float> whole,
          bool to_zero) {
    std::vector<bool> stays(whole.size(), false), was(whole.size(), false);
    each_element(layout, next, [&](std::size_t, std::size_t w) { stays[w] = true; });
    each_element(layout, present, [&](std::size_t, std::size_t w) { was[w] = true; });
    for (const ParameterSlice& slice : layout.slices()) {
        for (std::size_t w = slice.offset; w < slice.offset + slice.size; ++w) {
            if (was[w] && !stays[w]) whole[w] = to_zero ? 0.0F : slice.dead;
        }
    }
}

} // namespace bitgrain::nn
