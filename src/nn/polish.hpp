// Discrete descent from a trained network: moves of single weights, biases and widths that lower
// J = task loss on the training rows + lambda * EBOPs. Gradient descent through rounding leaves bits that a direct
// search takes away. Moves are proposed by gradient and curvature (diagonal empirical Fisher) and decided by running
// the network with fake quantisation over the rows: first over few, over all only when these leave it open.
#pragma once

#include "nn/network.hpp"

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
    /// Trims, then tries promising moves, best first, and keeps each that lowers J: J never rises. Ends when a pass
    /// over the moves gains little, or when `most_rows` rows were looked at (a step counts three times).
    Objective polish(double lambda, double most_rows);

  private:
    using Edits = std::vector<std::pair<std::size_t, float>>; ///< index in Parameters::values(), new value
    struct Move {
        std::size_t site = 0; ///< moves of one site exclude each other
        double predicted = 0.0;
        Edits edits;
    };
    /// A loss per tile, and EBOPs with the ranges seen after each part of the rows.
    struct Seen {
        std::vector<double> tile_loss, ebops;
    };
    struct Slope {
        std::vector<double> gradient, curvature; ///< per parameter
    };

    /// Forward over a part of the rows: fills its tiles in `seen`, widens `ranges`.
    void look(std::size_t part, Seen& seen, Ranges<float>& ranges);
    bool lowers(double lambda);
    /// Of the network that every move starts from.
    Objective base() const;
    /// The engine's values of constants become those of the present parameters.
    void refresh();
    /// Tries each move once; returns how many were kept.
    std::size_t pass(double lambda);
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
    std::size_t keep_lower(std::vector<Move> moves, double lambda);

    Network& network_;
    const Rows<float>& rows_;
    Loss loss_;
    Engine<float> engine_;
    std::vector<std::uint32_t> order_; ///< of the rows, shuffled
    std::vector<std::size_t> parts_;   ///< ends of the parts in order_
    Seen base_;
    double spent_ = 0.0, most_rows_ = 0.0;
    std::set<Edits> failed_; ///< in this polish(): not tried again
};

} // namespace bitgrain::nn
