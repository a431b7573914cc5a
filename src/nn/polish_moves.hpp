// What the polish tries (polish.hpp): edits of parameters that may lower J = task loss + lambda * EBOPs, each with what
// gradient and curvature predict for J.
#pragma once

#include "nn/curvature.hpp"

#include <optional>
#include <utility>
#include <vector>

namespace bitgrain::nn {

using Edits = std::vector<std::pair<std::size_t, float>>; ///< index in Parameters::values(), new value

struct Move {
    std::vector<std::size_t> sites; ///< parameters: moves that share one exclude each other
    double predicted = 0.0;         ///< change of J
    Edits edits;
};

/// Of a network whose present parameters the engine has seen last.
class MoveFinder {
  public:
    MoveFinder(const Network& network, const Engine<float>& engine) : network_(network), engine_(engine) {}

    /// Of each weight the most promising other value, alone and together with one of another weight or the bias of the
    /// same output; of each width of an activation a bit less, a bit more, and none.
    std::vector<Move> weights(double lambda, const Curvature& curvature) const;
    std::vector<Move> biases(double lambda, const Curvature& curvature) const;
    /// Every weight or every bias in its narrowest format: the same function, fewer declared bits.
    Edits narrowest(bool kernels) const;

  private:
    /// A weight or a bias.
    struct Constant {
        std::size_t index; ///< of its parameter
        std::size_t quantizer, element;
        double now, raw;      ///< value after and before its quantizer
        double per_parameter; ///< d raw / d parameter
        double input_bits;    ///< EBOPs of one bit of it
    };
    /// J around a constant.
    struct Bowl {
        double gradient, curvature, price;
        bool useful() const;
        double at(double change, int more_bits) const {
            return (gradient + 0.5 * curvature * change) * change + price * more_bits;
        }
    };

    std::vector<Constant> constants(bool kernels) const;
    Bowl bowl(const Constant& constant, double lambda, const Curvature& curvature) const;
    void add_widths(std::vector<Move>& moves, double lambda) const;
    void add_constants(std::vector<Move>& moves, bool kernels, double lambda, const Curvature& curvature) const;
    void add_pairs(std::vector<Move>& moves, double lambda, const Curvature& curvature) const;
    /// `first` at `value`, which alone changes J by `alone`, and the best for `second` beside it, whose J is `j` then:
    /// into `best` when better. The second one's raw value has moved by `shift` with the first.
    void improve(Move& best, const Constant& first, double value, double alone, Constant second, const Bowl& j,
                 double shift) const;
    /// What gives it another value in its narrowest format; nothing when the format is outside the quantizer's bounds.
    std::optional<Edits> set(const Constant& constant, double value) const;

    const Network& network_;
    const Engine<float>& engine_;
};

} // namespace bitgrain::nn
