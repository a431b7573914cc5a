// A fixed crew of threads that runs numbered jobs. Rounds follow each other within microseconds while a network trains,
// so everyone looks for the next one for a moment before going to sleep. Which thread takes which job is not
// determined; callers give every job its own memory and reduce in job order, so results do not depend on the number of
// threads.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace bitgrain::nn {

class Workers {
  public:
    /// 0: one thread per core. The calling thread is one of them.
    explicit Workers(unsigned threads);
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;
    ~Workers();

    unsigned threads() const { return static_cast<unsigned>(crew_.size()) + 1; }

    /// Calls job(thread, index) for index 0..count-1, thread < threads(); returns when all are done. The first
    /// exception of a job is rethrown here, and Interrupted comes out before the first one.
    void run(std::size_t count, const std::function<void(unsigned, std::size_t)>& job);

  private:
    /// Looks for something for about as long as waking a sleeping thread takes. Where that was in vain, as on a machine
    /// busy with other work, it is not tried again for some rounds.
    class Lookout {
      public:
        template <class Condition>
        bool sees(const Condition& condition);

      private:
        int rest_ = 0;
    };

    void work(unsigned thread);
    void take_jobs(unsigned thread);

    std::vector<std::thread> crew_;
    std::mutex mutex_;
    std::condition_variable start_, done_;
    const std::function<void(unsigned, std::size_t)>* job_ = nullptr;
    std::size_t count_ = 0;
    std::atomic<std::size_t> next_{0};
    std::atomic<std::uint64_t> round_{0}; ///< changed under the mutex; publishes job_ and count_
    std::atomic<unsigned> busy_{0};
    std::atomic<bool> stop_{false};
    Lookout lookout_; ///< the caller's
    std::exception_ptr error_;
};

} // namespace bitgrain::nn
