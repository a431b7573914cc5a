// A network: the graph of an experiment's layers with its parameters, ready to train, calibrate and freeze.
#pragma once

#include "base/json.hpp"
#include "model/model.hpp"
#include "nn/cost.hpp"
#include "nn/engine.hpp"
#include "nn/layers/layer.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace bitgrain::nn {

/// What the network needs to know of its data.
struct InputFacts {
    std::vector<std::size_t> shape;
    std::optional<data::Standardisation> standardisation; ///< to be folded into the first kernels
    bool integral = false;
};

/// A layer as the network was built: what compaction follows.
struct LayerRecord {
    std::string name, type;
    std::vector<std::size_t> inputs; ///< numbers in Network::layers; the first one is the data
    Tensor output;
    std::optional<KernelParts> kernel;
    bool whole = false; ///< compaction leaves its inputs and outputs whole
};

struct Network {
    Graph graph;
    Parameters parameters;
    std::vector<CostTerm> cost;
    std::vector<LayerRecord> layers; ///< the first one stands for the data
    Var input, output;
    std::vector<std::size_t> input_shape;
    bool integral_input = false;
    std::size_t outputs = 0;

    std::size_t weights() const; ///< elements of all kernels
};

/// Layers in file order; a layer reads the one before it unless it names its "inputs". The last layer is the output and
/// must have `outputs` elements. Errors name the layer. With `live`, only those elements of layers' outputs: the same
/// parameter slices in the same order, each with what is left of it.
std::unique_ptr<Network> build_network(const JsonReader& layers, const QuantizerDefaults& defaults,
                                       const InputFacts& facts, std::size_t outputs, std::uint64_t seed,
                                       const Live& live = {});

/// Start widths from the data and the weights: a forward pass of the unquantised network over the rows.
void adapt_widths(Network& network, const Rows<double>& rows, Workers& workers);

/// Ranges over the rows with the present widths; then the exact formats, and the integer bits that the calibrated EBOPs
/// count.
struct Calibration {
    std::vector<std::vector<fx::Cast>> casts; ///< by quantizer number
    double ebops = 0.0;                       ///< HGQ2's counter, calibrated
    std::vector<std::size_t> live_weights;    ///< per kernel: weights that are not zero and whose input is not
    std::vector<double> outputs;              ///< rows x outputs, of the calibrated network

    std::size_t all_live_weights() const;
};
/// Leaves the tracked ranges of `network` at the calibrated values.
Calibration calibrate(Network& network, Engine<double>& engine, const Rows<double>& rows, double cover);

/// The fixed-point model of the calibrated network. The engine has just calibrated it. `range` tells the data's
/// extremes per feature, for the ports of integer data.
struct FeatureRange {
    std::vector<double> lo, hi;
};
model::Model freeze_network(const Network& network, const Engine<double>& engine, const Calibration& calibration,
                            const FeatureRange& range, const std::string& name);

} // namespace bitgrain::nn
