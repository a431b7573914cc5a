// Discrete descent from a trained network: moves of single weights, biases and widths that lower
// J = task loss on the training rows + lambda * EBOPs. Gradient descent through rounding leaves bits that a direct
// search takes away: of one constant, or of two at once, where one takes over what the other one leaves. Moves are
// proposed by gradient and curvature and decided by running the network with fake quantisation over the rows: first
// over few, over all only when these leave it open.
#pragma once

#include "nn/polish_moves.hpp"

#include <functional>
#include <set>
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
    /// The first parts of the rows: a loss per tile, and EBOPs with the ranges seen after each part.
    struct Seen {
        std::vector<double> tile_loss, ebops;
        Ranges<float> ranges;
    };

    /// Forward over the next part of the rows.
    void look(Seen& seen);
    bool lowers(double lambda, std::vector<float>& before);
    /// The engine's values of constants become those of the present parameters.
    void refresh();
    /// Tries each move once.
    void pass(double lambda);
    void trim();
    void keep_lower(std::vector<Move> moves, double lambda);

    Network& network_;
    Rows<float> rows_; ///< shuffled
    Loss loss_;
    Engine<float> engine_;
    std::vector<std::uint32_t> order_; ///< of rows_ in this pass
    std::vector<std::size_t> parts_;   ///< ends of the parts in order_
    Seen base_;                        ///< of the network that every move starts from
    MoveFinder finder_;
    std::function<bool()> stop_;
    std::set<Edits> failed_; ///< in this polish(): not tried again
};

} // namespace bitgrain::nn
