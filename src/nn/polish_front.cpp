#include "nn/polish_front.hpp"

#include "nn/front.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <mutex>
#include <optional>

namespace bitgrain::nn {

namespace {

constexpr double spacing = 0.9; ///< cost of a point against the one before
/// lambda / beta: each starts from what the last one made.
constexpr std::array<double, 6> pressures{1.0, 1.4, 2.0, 2.8, 4.0, 5.6};

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
    for (const double pressure : pressures) {
        if (stop()) break;
        const double lambda = pressure * trained.beta;
        const double loss = trainer.trainer().polish(lambda, stop);
        PolishedPoint& polished = found.emplace_back();
        polished.point = trainer.trainer().evaluate(trained.epoch, lambda).point;
        polished.point.loss = loss;
        polished.point.polished = true;
        polished.point.checkpoint =
            std::filesystem::path(trained.checkpoint).stem().string() + "p" + std::to_string(found.size()) + ".ckpt";
        polished.values = trainer.state().values;
    }
    return found;
}

/// Points from the cheapest on, which take the least time, coarse to fine; and those between.
std::pair<std::vector<Point>, std::vector<Point>> spread(const std::vector<Point>& points) {
    std::vector<Point> spaced, between;
    for (const Point& point : points) {
        const bool apart = spaced.empty() || spacing * point.ebops >= spaced.back().ebops;
        (apart ? spaced : between).push_back(point);
    }
    std::vector<Point> ordered;
    std::vector<bool> taken(spaced.size(), false);
    for (std::size_t stride = std::bit_ceil(spaced.size()); stride > 0; stride /= 2) {
        for (std::size_t i = 0; i < spaced.size(); i += stride) {
            if (!taken[i]) ordered.push_back(spaced[i]);
            taken[i] = true;
        }
    }
    return {ordered, between};
}

} // namespace

std::vector<Point> worth_polishing(const Front& front, std::size_t most) {
    std::vector<Point> ordered;
    const auto add = [&](const std::vector<Point>& points) {
        const std::size_t left = std::min(points.size(), most - ordered.size());
        ordered.insert(ordered.end(), points.begin(), points.begin() + static_cast<std::ptrdiff_t>(left));
    };
    Front layer = front, rest = front;
    std::erase_if(layer.points, [](const Point& point) { return point.beta == 0.0; });
    std::erase_if(rest.history,
                  [&](const Point& point) { return point.checkpoint.empty() || point.polished || point.beta == 0.0; });
    while (!layer.points.empty() && ordered.size() < most) {
        const auto [spaced, between] = spread(layer.points);
        add(spaced);
        add(between);
        std::erase_if(rest.history, [&](const Point& point) {
            return std::any_of(layer.points.begin(), layer.points.end(),
                               [&](const Point& taken) { return taken.checkpoint == point.checkpoint; });
        });
        layer.points.clear();
        for (const Point& point : rest.history)
            insert(layer, point);
    }
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
