// A trainer whose network shrinks: between two epochs, what is dead is taken out (see compaction.hpp). To the outside
// it always speaks of the whole network: its state has the layout of the experiment's layers.
#pragma once

#include "nn/compaction.hpp"
#include "nn/trainer.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace bitgrain::nn {

class CompactTrainer {
  public:
    CompactTrainer(const Experiment& experiment, const TrainingSettings& settings, const InputFacts& facts,
                   const TrainingRows& rows, const Loss& loss, Workers& workers);

    /// What trains now; replaced by compact() and restore().
    Trainer& trainer() { return *trainer_; }
    const Trainer& trainer() const { return *trainer_; }
    /// The whole network. Its values count only until the first compaction: start widths are set there.
    Network& whole() { return *whole_; }

    /// Everything that training changes, in the layout of the whole network.
    struct State {
        std::vector<float> values, mean, square;
        std::int64_t steps = 0;
        Live live;                         ///< empty: nothing was taken out yet
        std::optional<Live> needed_before; ///< at the last evaluation
    };
    State state();
    void restore(const State& state);

    /// After an evaluation of the present network: takes out what was dead then and at the one before (a width that
    /// just fell to zero often comes back), when that is a tenth of the work or more.
    void compact(const Trainer::Evaluation& evaluation);

  private:
    std::unique_ptr<Network> build(const Live& live) const;
    Network& present() { return part_ ? *part_ : *whole_; }
    void use(std::unique_ptr<Network> part, Live live);

    const Experiment& experiment_;
    const TrainingSettings& settings_;
    const InputFacts& facts_;
    const TrainingRows& rows_;
    const Loss& loss_;
    Workers& workers_;

    std::unique_ptr<Network> whole_, part_; ///< part: once something was taken out
    std::unique_ptr<Trainer> trainer_;
    State buried_; ///< of the elements that are out, the values that stand for them; the rest is old
};

} // namespace bitgrain::nn
