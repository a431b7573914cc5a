#include "nn/polish_front.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <mutex>
#include <optional>

namespace bitgrain::nn {

namespace {

constexpr double spacing = 0.9;                  ///< cost of a point against the one before
constexpr std::array<int, 3> pressures{1, 2, 4}; ///< lambda / beta: each starts from what the last one made

std::vector<PolishedPoint> polish(CompactTrainer& trainer, std::vector<float> values, const Point& trained,
                                  const std::function<bool()>& stop) {
    std::vector<PolishedPoint> found;
    if (stop()) return found;
    CompactTrainer::State state = trainer.state();
    state.values = std::move(values);
    state.live.clear();
    state.needed_before.reset();
    trainer.restore(state);
    const Trainer::Evaluation before = trainer.trainer().evaluate(trained.epoch, trained.beta);
    for (int times = 0; times < 2; ++times) // nothing grows again here: what is dead at one evaluation may go
        trainer.compact(before);
    for (const int pressure : pressures) {
        if (stop()) break;
        const double lambda = pressure * trained.beta;
        const double loss = trainer.trainer().polish(lambda, stop);
        PolishedPoint& polished = found.emplace_back();
        polished.point = trainer.trainer().evaluate(trained.epoch, lambda).point;
        polished.point.loss = loss;
        polished.point.polished = true;
        polished.point.checkpoint =
            std::filesystem::path(trained.checkpoint).stem().string() + "p" + std::to_string(pressure) + ".ckpt";
        polished.values = trainer.state().values;
    }
    return found;
}

} // namespace

std::vector<Point> worth_polishing(const Front& front, std::size_t most) {
    std::vector<Point> spaced, between;
    for (auto point = front.points.rbegin(); point != front.points.rend() && spaced.size() < most; ++point) {
        if (point->beta == 0.0) continue;
        const bool apart = spaced.empty() || point->ebops <= spacing * spaced.back().ebops;
        (apart ? spaced : between).push_back(*point);
    }
    std::vector<Point> ordered;
    std::vector<bool> taken(spaced.size(), false);
    for (std::size_t stride = std::bit_ceil(spaced.size()); stride > 0; stride /= 2) {
        for (std::size_t i = 0; i < spaced.size(); i += stride) {
            if (!taken[i]) ordered.push_back(spaced[i]);
            taken[i] = true;
        }
    }
    between.resize(std::min(between.size(), most - ordered.size()));
    ordered.insert(ordered.end(), between.begin(), between.end());
    return ordered;
}

void FrontPolisher::run(const std::vector<Point>& points, std::size_t first,
                        const std::function<std::vector<float>(const Point&)>& values,
                        const std::function<bool()>& stop,
                        const std::function<void(const std::vector<PolishedPoint>&)>& done) {
    Workers crew(threads_), alone(1);
    std::vector<std::unique_ptr<CompactTrainer>> trainers(crew.threads());
    std::vector<std::optional<std::vector<PolishedPoint>>> found(points.size());
    std::size_t next = first;
    std::mutex mutex;
    std::atomic<bool> failed = false; // one exception ends the work of all
    const auto ends = [&] { return failed || stop(); };
    crew.run(points.size() - first, [&](unsigned thread, std::size_t index) {
        if (failed) return;
        // Held while an exception of `done` is noted: no other thread hands the same point over again before that.
        std::unique_lock lock(mutex, std::defer_lock);
        try {
            const std::size_t number = first + index;
            lock.lock();
            if (failed) return;
            std::vector<float> start = values(points[number]);
            if (!trainers[thread]) trainers[thread] = make_(alone);
            lock.unlock();
            auto polished = polish(*trainers[thread], std::move(start), points[number], ends);
            lock.lock();
            if (failed) return;
            found[number] = std::move(polished);
            for (; next < found.size() && found[next]; ++next) {
                done(*found[next]);
                found[next]->clear();
            }
        } catch (...) {
            failed = true;
            throw;
        }
    });
}

} // namespace bitgrain::nn
