#include "import/rehearse.hpp"

#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace bitgrain::import {

namespace {

constexpr rlim_t max_seconds = 60;

/// The child's crash is expected here: no core file, no report of a test runner or sanitizer.
void be_quiet() {
    for (const int signal : std::array{SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
        std::signal(signal, SIG_DFL);
    const rlimit none{0, 0}, time{max_seconds, max_seconds};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &time);
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
}

} // namespace

void rehearse(const std::function<void()>& work, const std::string& where) {
    const pid_t child = fork();
    if (child < 0) throw Error("cannot start a process to read the file in", where);
    if (child == 0) {
        be_quiet();
        try {
            work();
        } catch (...) { // the caller's turn
        }
        _exit(0);
    }
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) throw Error("lost the process that reads the file", where);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw Error("the file is damaged: the HDF5 library crashes or hangs on it", where);
    }
}

} // namespace bitgrain::import
