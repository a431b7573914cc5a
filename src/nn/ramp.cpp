#include "nn/ramp.hpp"

#include <algorithm>
#include <cmath>

namespace bitgrain::nn {

double Ramp::beta() const {
    return scale_ * (controlled_ ? controlled_beta_ : schedule_.at(position_));
}

void Ramp::advance(double ebops, std::optional<double> seconds_left, double seconds_per_epoch) {
    double step = 1.0;
    if (seconds_left) {
        const double epochs_left = std::max(*seconds_left / seconds_per_epoch, 1.0);
        step = (epochs_ - position_) / epochs_left;
        if (!stretches_) step = std::max(step, 1.0);
    }
    position_ = std::min(position_ + step, epochs_);
    const ControllerSettings& c = controller_;
    if (c.target <= 0.0 || position_ < c.warmup) return;

    const double error = std::log10(std::max(ebops, 1e-3) / c.target);
    if (!controlled_) {
        // The first controlled beta equals the present one.
        controlled_beta_ = schedule_.at(position_);
        sum_ = (std::log10(controlled_beta_) - c.p * error) / c.i - error;
        last_error_ = error;
        controlled_ = true;
    }
    sum_ += error;
    double beta = std::pow(10.0, c.p * error + c.i * sum_ + c.d * (error - last_error_));
    last_error_ = error;
    if (ebops < c.target) beta *= 1.0 - c.damping;
    controlled_beta_ = std::clamp(beta, c.lowest, c.highest);
}

Json Ramp::to_json() const {
    return {{"position", position_}, {"scale", scale_},           {"controlled", controlled_},
            {"sum", sum_},           {"last_error", last_error_}, {"controlled_beta", controlled_beta_}};
}

void Ramp::restore(const Json& json) {
    position_ = json.at("position").get<double>();
    scale_ = json.at("scale").get<double>();
    controlled_ = json.at("controlled").get<bool>();
    sum_ = json.at("sum").get<double>();
    last_error_ = json.at("last_error").get<double>();
    controlled_beta_ = json.at("controlled_beta").get<double>();
}

} // namespace bitgrain::nn
