// Time that has passed, for budgets and progress; never part of a result.
#pragma once

#include <chrono>

namespace bitgrain {

using Clock = std::chrono::steady_clock;

inline double seconds_since(Clock::time_point start) {
    return std::chrono::duration<double>(Clock::now() - start).count();
}

} // namespace bitgrain
