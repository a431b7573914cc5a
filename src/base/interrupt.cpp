#include "base/interrupt.hpp"

#include <atomic>
#include <csignal>

namespace bitgrain {

namespace {

/// A signal handler has no other way to tell anyone.
std::atomic<int> note{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler may not wait");

void leave_note(int signal) {
    note.store(signal, std::memory_order_relaxed);
}

} // namespace

void catch_interrupts() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        if (::sigaction(signal, nullptr, &before) != 0 || before.sa_handler == SIG_IGN) continue;
        struct sigaction action {};
        action.sa_handler = leave_note;
        // The second one finds the default again; reads and writes go on.
        action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
        ::sigaction(signal, &action, nullptr);
    }
}

int interrupt_signal() noexcept {
    return note.load(std::memory_order_relaxed);
}

void check_interrupt() {
    if (interrupt_signal() != 0) throw Interrupted();
}

} // namespace bitgrain
