// The collapse guard: recognises a network that stopped working while beta rises (method, section 16: accuracy, loss
// and EBOPs fall to the trivial solution together) so that the run can go back to the last good state.
#pragma once

#include "nn/trainer.hpp"

#include <optional>
#include <string>

namespace bitgrain::nn {

class CollapseGuard {
  public:
    CollapseGuard(bool higher_is_better, double chance_metric)
        : higher_is_better_(higher_is_better), chance_(chance_metric) {}

    /// What is wrong, or nothing; a good evaluation becomes what the next ones are judged by. A network that never
    /// learned anything has not collapsed.
    std::optional<std::string> judge(const Trainer::Evaluation& evaluation, double loss);

  private:
    /// How much better than chance, as a share of the way from chance to perfect.
    double skill(double metric) const;

    bool higher_is_better_;
    double chance_;
    double best_skill_ = 0.0;
    double good_ebops_ = 0.0; ///< of the last good evaluation
};

} // namespace bitgrain::nn
