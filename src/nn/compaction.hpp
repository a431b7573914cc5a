// Compaction: what training has killed is taken out of the network that trains, so that late epochs cost what is left
// of it. Outputs before and after are identical, bit for bit.
//
// Dead are units and inputs that nobody reads any more (no bits left, or every weight that reads them is zero), and
// units that are constant because every weight into them is zero: their value moves into the biases behind them.
// Elements of the data, and outputs of dense layers, are taken out; the other layers follow. What is out stays out. A
// network is compacted only when every quantizer has its widths per element: shared widths would be counted for what is
// no longer there. Layers that use a kernel at several positions, pool or permute stay whole, and so do their inputs.
#pragma once

#include "nn/network.hpp"

#include <span>
#include <vector>

namespace bitgrain::nn {

/// What is still needed of the data and of every dense layer's outputs, in elements of the whole network. The engine
/// has just calibrated `network`. Never empty for a layer.
Live find_live(const Network& network, const Engine<double>& engine, const Calibration& calibration);

/// Elements that are in either.
Live either(const Live& a, const Live& b);

/// Weights of kernels (live inputs x live outputs, zeros included): what a step costs.
std::size_t kernel_size(const Network& network);

/// Makes up in the biases in `whole` for what the elements that `next` no longer has contribute: constants, folded
/// means. `present` holds the elements up to now, the engine has just calibrated it with these values.
void move_constants(const Network& present, const Engine<double>& engine, const Calibration& calibration,
                    const Network& next, const Parameters& layout, std::span<float> whole);

/// Between the arrays of the whole network (layout: its parameters) and those of a compacted one with the same slices.
void widen(const Parameters& layout, const Parameters& part, std::span<const float> values, std::span<float> whole);
void narrow(const Parameters& layout, const Parameters& part, std::span<const float> whole, std::span<float> values);
/// Sets what `next` no longer has and `present` has to each slice's dead value, or to zero.
void bury(const Parameters& layout, const Parameters& present, const Parameters& next, std::span<float> whole,
          bool to_zero);

} // namespace bitgrain::nn
