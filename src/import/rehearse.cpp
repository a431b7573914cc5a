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

/// The child's crash is expected here: no core file, no report of a test runner or sanitizer.
void be_quiet(unsigned seconds) {
    for (const int signal : std::array{SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL})
        std::signal(signal, SIG_DFL);
    const rlimit none{0, 0}, time{seconds, seconds};
    setrlimit(RLIMIT_CORE, &none);
    setrlimit(RLIMIT_CPU, &time);
    const int nothing = open("/dev/null", O_WRONLY | O_CLOEXEC);
    dup2(nothing, STDOUT_FILENO);
    dup2(nothing, STDERR_FILENO);
}

/// The three texts of an Error, each behind its length.
std::string packed(const Error& error) {
    std::string bytes;
    for (const std::string& text : {error.message(), error.where(), error.hint()})
        bytes += std::to_string(text.size()) + ':' + text;
    return bytes;
}

std::string take(std::string& bytes) {
    const std::size_t mark = bytes.find(':');
    CHECK(mark != std::string::npos, "what packed() wrote");
    const std::size_t size = std::stoul(bytes);
    std::string text = bytes.substr(mark + 1, size);
    bytes.erase(0, mark + 1 + size);
    return text;
}

void send(int pipe, const std::string& bytes) {
    for (std::size_t sent = 0; sent < bytes.size();) {
        const ssize_t now = write(pipe, bytes.data() + sent, bytes.size() - sent);
        if (now <= 0) _exit(1);
        sent += static_cast<std::size_t>(now);
    }
}

std::string receive(int pipe) {
    std::string bytes;
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t now = read(pipe, buffer.data(), buffer.size());
        if (now < 0 && errno == EINTR) continue;
        if (now <= 0) return bytes;
        bytes.append(buffer.data(), static_cast<std::size_t>(now));
    }
}

} // namespace

void rehearse(const std::function<void()>& work, const std::string& where, unsigned seconds) {
    std::array<int, 2> ends{};
    if (pipe(ends.data()) != 0) throw Error("cannot make a pipe to read the file through", where);
    const pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        be_quiet(seconds);
        try {
            work();
        } catch (const Error& error) {
            send(ends[1], packed(error));
        } catch (...) { // our own bug: it shows again in the caller
        }
        _exit(0);
    }
    close(ends[1]);
    std::string refusal = child < 0 ? std::string() : receive(ends[0]);
    close(ends[0]);
    if (child < 0) throw Error("cannot start a process to read the file in", where);
    int status = 0;
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) throw Error("lost the process that reads the file", where);
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw Error("the file is damaged: the HDF5 library crashes or hangs on it", where);
    }
    if (refusal.empty()) return;
    const std::string message = take(refusal), place = take(refusal), hint = take(refusal);
    throw Error(message, place, hint);
}

} // namespace bitgrain::import
