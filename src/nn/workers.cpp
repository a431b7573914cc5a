#include "nn/workers.hpp"

#include "base/interrupt.hpp"

#include <algorithm>
#include <chrono>

namespace bitgrain::nn {

template <class Condition>
bool Workers::Lookout::sees(const Condition& condition) {
    if (rest_ > 0) {
        --rest_;
        return condition();
    }
    const auto end = std::chrono::steady_clock::now() + std::chrono::microseconds(50);
    do {
        for (int i = 0; i < 100; ++i) {
            if (condition()) return true;
        }
    } while (std::chrono::steady_clock::now() < end);
    rest_ = 30;
    return false;
}

Workers::Workers(unsigned threads) {
    if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
    for (unsigned thread = 1; thread < threads; ++thread)
        crew_.emplace_back([this, thread] { work(thread); });
}

Workers::~Workers() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    start_.notify_all();
    for (std::thread& thread : crew_)
        thread.join();
}

void Workers::run(std::size_t count, const std::function<void(unsigned, std::size_t)>& job) {
    check_interrupt();
    if (crew_.empty() || count <= 1) {
        for (std::size_t index = 0; index < count; ++index)
            job(0, index);
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        job_ = &job;
        count_ = count;
        next_ = 0;
        busy_ = static_cast<unsigned>(crew_.size());
        error_ = nullptr;
        ++round_;
    }
    start_.notify_all();
    take_jobs(0);
    const auto all_done = [this] { return busy_ == 0; };
    if (!lookout_.sees(all_done)) {
        std::unique_lock lock(mutex_);
        done_.wait(lock, all_done);
    }
    if (error_) std::rethrow_exception(error_);
}

void Workers::take_jobs(unsigned thread) {
    for (std::size_t index = next_++; index < count_; index = next_++) {
        try {
            (*job_)(thread, index);
        } catch (...) {
            const std::lock_guard lock(mutex_);
            if (!error_) error_ = std::current_exception();
        }
    }
}

void Workers::work(unsigned thread) {
    std::uint64_t seen = 0;
    Lookout lookout;
    const auto called = [&] { return stop_ || round_ != seen; };
    for (;;) {
        if (!lookout.sees(called)) {
            std::unique_lock lock(mutex_);
            start_.wait(lock, called);
        }
        if (stop_) return;
        ++seen;
        take_jobs(thread);
        if (--busy_ > 0) continue;
        const std::lock_guard lock(mutex_); // the caller is either asleep by now, or looks again before it sleeps
        done_.notify_one();
    }
}

} // namespace bitgrain::nn
