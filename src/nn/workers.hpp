// A fixed crew of threads that runs numbered jobs. Which thread takes which job is not determined; callers give every
// job its own memory and reduce in job order, so results do not depend on the number of threads.
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
    /// exception of a job is rethrown here.
    void run(std::size_t count, const std::function<void(unsigned, std::size_t)>& job);

  private:
    void work(unsigned thread);
    void take_jobs(unsigned thread);

    std::vector<std::thread> crew_;
    std::mutex mutex_;
    std::condition_variable start_, done_;
    const std::function<void(unsigned, std::size_t)>* job_ = nullptr;
    std::size_t count_ = 0;
    std::atomic<std::size_t> next_{0};
    std::uint64_t round_ = 0;
    unsigned busy_ = 0;
    bool stop_ = false;
    std::exception_ptr error_;
};

} // namespace bitgrain::nn
