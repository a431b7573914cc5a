#include "nn/compact_trainer.hpp"

#include <array>

namespace bitgrain::nn {

namespace {

/// Smaller gains are not worth a new network.
constexpr double least_gain = 0.1;

} // namespace

CompactTrainer::CompactTrainer(const Experiment& experiment, const TrainingSettings& settings, const InputFacts& facts,
                               const TrainingRows& rows, const Loss& loss, Workers& workers)
    : experiment_(experiment), settings_(settings), facts_(facts), rows_(rows), loss_(loss), workers_(workers),
      whole_(build({})) {
    use(nullptr, {});
    buried_ = state();
}

std::unique_ptr<Network> CompactTrainer::build(const Live& live) const {
    return build_network(experiment_.layers(), experiment_.quantizers, facts_, loss_.outputs, settings_.seed, live);
}

void CompactTrainer::use(std::unique_ptr<Network> part, Live live) {
    trainer_.reset(); // it refers to the network that goes
    part_ = std::move(part);
    trainer_ = std::make_unique<Trainer>(settings_, experiment_.metric, present(), rows_, loss_, workers_);
    buried_.live = std::move(live);
    buried_.needed_before.reset();
}

CompactTrainer::State CompactTrainer::state() {
    Adam& adam = trainer_->optimizer();
    State state = buried_;
    state.steps = adam.steps();
    if (!part_) {
        state.values = whole_->parameters.values();
        state.mean = adam.mean();
        state.square = adam.square();
        return state;
    }
    const Parameters &layout = whole_->parameters, &part = part_->parameters;
    widen(layout, part, part.values(), state.values);
    widen(layout, part, adam.mean(), state.mean);
    widen(layout, part, adam.square(), state.square);
    return state;
}

void CompactTrainer::restore(const State& state) {
    use(state.live.empty() ? nullptr : build(state.live), state.live);
    buried_ = state;
    Adam& adam = trainer_->optimizer();
    adam.steps() = state.steps;
    const Parameters& layout = whole_->parameters;
    Parameters& part = present().parameters;
    narrow(layout, part, state.values, part.values());
    narrow(layout, part, state.mean, adam.mean());
    narrow(layout, part, state.square, adam.square());
}

void CompactTrainer::compact(const Trainer::Evaluation& evaluation) {
    Live needed = find_live(present(), trainer_->exact(), evaluation.calibration);
    const std::optional<Live> before = std::exchange(buried_.needed_before, needed);
    if (!before) return;
    const Live live = either(needed, *before);
    const std::unique_ptr<Network> next = build(live);
    if (static_cast<double>(kernel_size(*next)) > (1.0 - least_gain) * static_cast<double>(kernel_size(present())))
        return;

    State smaller = state();
    const Parameters& layout = whole_->parameters;
    move_constants(present(), trainer_->exact(), evaluation.calibration, *next, layout, smaller.values);
    bury(layout, present().parameters, next->parameters, smaller.values, false);
    bury(layout, present().parameters, next->parameters, smaller.mean, true);
    bury(layout, present().parameters, next->parameters, smaller.square, true);
    smaller.live = live;
    smaller.needed_before.reset();
    restore(smaller);
}

} // namespace bitgrain::nn
