// Discrete descent from a trained network: moves of single weights, biases and widths that lower
// J = task loss on the training rows + lambda * EBOPs. Gradient descent through rounding leaves bits that a direct
// search takes away. Moves are proposed by gradient and curvature (diagonal empirical Fisher) and decided by running
// the network with fake quantisation over the rows: first over few, over all only when these leave it open.
#pragma once

#include "nn/network.hpp"

#include <functional>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace bitgrain::nn {

class Polisher {
  public:
    Polisher(Network& network, const Rows<float>& rows, const Loss& loss, Workers& workers);

    struct Objective {
        double loss = 0.0;  ///< task loss, mean over the rows
        double ebops = 0.0; ///< with the ranges of these rows
        double at(double lambda) const { return loss + lambda * ebops; }
    };
    /// Of the present network. Its tracked ranges become those of the rows.
    Objective measure();
    /// Trims, then tries promising moves, best first, and keeps those that lower J, in passes until one gains little
    /// or `stop` says so. Moves are decided on as many rows as it takes to tell, passes on all of them: J never rises.
    Objective polish(double lambda, const std::function<bool()>& stop = {});

  private:
    using Edits = std::vector<std::pair<std::size_t, float>>; ///< index in Parameters::values(), new value
    struct Move {
        std::size_t site = 0; ///< moves of one site exclude each other
        double predicted = 0.0;
        Edits edits;
    };
    /// The first parts of the rows: a loss per tile, and EBOPs with the ranges seen after each part.
    struct Seen {
        std::vector<double> tile_loss, ebops;
        Ranges<float> ranges;
    };
    struct Slope {
        std::vector<double> gradient, curvature; ///< per parameter
    };

    /// Forward over the next part of the rows.
    void look(Seen& seen);
    bool lowers(double lambda, std::vector<float>& before);
    /// The engine's values of constants become those of the present parameters.
    void refresh();
    /// Tries each move once.
    void pass(double lambda);
    Slope slope();
    std::vector<Move> width_moves(double lambda) const;
    /// A weight or a bias.
    struct Constant {
        std::size_t index; ///< of its parameter
        std::size_t quantizer, element;
        double now, raw;      ///< value after and before its quantizer
        double per_parameter; ///< d raw / d parameter
        double input_bits;    ///< EBOPs of one bit of it
    };
    /// Of the network that was measured last: all weights, or all biases.
    std::vector<Constant> constants(bool kernels) const;
    std::vector<Move> constant_moves(bool kernels, double lambda, const Slope& slope) const;
    /// What gives it another value in its narrowest format; nothing when the format is outside the quantizer's bounds.
    std::optional<Edits> set_constant(const Constant& constant, double value) const;
    /// Every constant in its narrowest format: the same function, fewer declared bits.
    void trim();
    void keep_lower(std::vector<Move> moves, double lambda);

    Network& network_;
    Rows<float> rows_; ///< shuffled
    Loss loss_;
    Engine<float> engine_;
    std::vector<std::uint32_t> order_; ///< of rows_ in this pass
    std::vector<std::size_t> parts_;   ///< ends of the parts in order_
    Seen base_;                        ///< of the network that every move starts from
    std::function<bool()> stop_;
    std::set<Edits> failed_; ///< in this polish(): not tried again
};

} // namespace bitgrain::nn
