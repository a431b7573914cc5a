// After training: points of the front are polished (polish.hpp) at rising lambdas, several at a time. Each is a job of
// its own; what they find is handed over in the order of the jobs, whatever thread took which.
#pragma once

#include "nn/compact_trainer.hpp"
#include "nn/workers.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace bitgrain::nn {

/// At most so many points of the front, then of what would be the front without these, and so on: a trained network
/// that is a little worse may polish into a better one. Of each, from the dearest on, first those each at least a tenth
/// cheaper than the last, coarse to fine, so that wherever work ends, what is done is spread over the front; then those
/// between. None without a beta; behind the front none that is polished already.
std::vector<Point> worth_polishing(const Front& front, std::size_t most);

struct PolishedPoint {
    Point point;               ///< its checkpoint a name that no other point has
    std::vector<float> values; ///< in the layout of the whole network
};

class FrontPolisher {
  public:
    /// Each thread gets a trainer of its own from `make`.
    FrontPolisher(unsigned threads, std::function<std::unique_ptr<CompactTrainer>(Workers& alone)> make)
        : threads_(threads), make_(std::move(make)) {}

    /// Polishes the points from number `first` on; `values` reads those of one, `done` gets what came of the next.
    /// Both are called by one thread at a time. `stop`, called by any thread, ends all work soon.
    void run(const std::vector<Point>& points, std::size_t first,
             const std::function<std::vector<float>(const Point&)>& values, const std::function<bool()>& stop,
             const std::function<void(const std::vector<PolishedPoint>&)>& done);

  private:
    unsigned threads_;
    std::function<std::unique_ptr<CompactTrainer>(Workers&)> make_;
};

} // namespace bitgrain::nn
