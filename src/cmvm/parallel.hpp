// Independent pieces of work on all cores. Results do not depend on how many there are.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <exception>
#include <thread>
#include <vector>

namespace bitgrain::cmvm {

/// work(0) .. work(count - 1), each once, in any order; the first exception by number comes out.
template <class Work>
void run_parallel(std::size_t count, const Work& work) {
    std::atomic<std::size_t> next{0};
    std::vector<std::exception_ptr> failures(count);
    const auto run = [&] {
        for (std::size_t k = next++; k < count; k = next++) {
            try {
                work(k);
            } catch (...) {
                failures[k] = std::current_exception();
            }
        }
    };
    std::vector<std::thread> others;
    const std::size_t cores = std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t k = 1; k < std::min(cores, count); ++k)
        others.emplace_back(run);
    run();
    for (std::thread& thread : others)
        thread.join();
    for (const std::exception_ptr& failure : failures) {
        if (failure) std::rethrow_exception(failure);
    }
}

} // namespace bitgrain::cmvm
