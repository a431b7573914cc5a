// Where a run is in its schedules, and the beta that follows: the given schedule, or a controller that steers EBOPs to
// a target (method, 7.3). A time budget stretches or compresses the schedules so that they end in time; a collapse
// turns beta down.
#pragma once

#include "base/json.hpp"
#include "nn/schedule.hpp"

#include <optional>

namespace bitgrain::nn {

/// Log-mode PID controller of HGQ2: e = log10(EBOPs / target), beta = 10^(p e + i sum(e) + d (e - e_before)).
struct ControllerSettings {
    double target = 0.0; ///< EBOPs; 0: no controller
    double p = 1.0, i = 2e-3, d = 0.0;
    double warmup = 10.0; ///< epochs at the schedule's beta first
    double damping = 0.0; ///< beta is multiplied by 1 - damping while EBOPs is below the target
    double lowest = 1e-12, highest = 1.0;
};

class Ramp {
  public:
    /// `stretches`: a time budget may slow the schedules down, too.
    Ramp(BetaSchedule schedule, double epochs, const ControllerSettings& controller, bool stretches = true)
        : schedule_(std::move(schedule)), epochs_(epochs), controller_(controller), stretches_(stretches) {}

    /// In epochs of the schedules: equal to the number of epochs trained unless a time budget changes the pace.
    double position() const { return position_; }
    bool finished() const { return position_ >= epochs_ - 1e-9; }
    double beta() const;

    /// After an epoch. Without a budget the position moves by 1; with one, so that the end is reached when
    /// `seconds_left` are gone at `seconds_per_epoch`.
    void advance(double ebops, std::optional<double> seconds_left, double seconds_per_epoch);
    /// After a collapse and its roll-back: half the beta from here on.
    void turn_down() { scale_ *= 0.5; }

    Json to_json() const;
    void restore(const Json& json);

  private:
    BetaSchedule schedule_;
    double epochs_;
    ControllerSettings controller_;
    bool stretches_;
    double position_ = 0.0, scale_ = 1.0;
    bool controlled_ = false; ///< the warm-up is over
    double sum_ = 0.0, last_error_ = 0.0, controlled_beta_ = 0.0;
};

} // namespace bitgrain::nn
