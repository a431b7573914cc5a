// Ctrl-C and its like as an exception: the program unwinds as after an error, so that what was begun is put back or
// removed and child processes end. A second signal ends it at once.
#pragma once

#include <exception>

namespace bitgrain {

class Interrupted : public std::exception {
  public:
    const char* what() const noexcept override { return "interrupted"; }
};

/// From now on SIGINT, SIGTERM and SIGHUP leave a note and nothing else, unless the caller of the program ignores them
/// (nohup).
void catch_interrupts();

/// The signal that has come, or 0.
int interrupt_signal() noexcept;

/// Throws Interrupted when a signal has come. Long work calls it between its steps; it costs next to nothing.
void check_interrupt();

} // namespace bitgrain
