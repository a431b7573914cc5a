#include "cosim/process.hpp"

#include "base/error.hpp"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): POSIX leaves the declaration to the program

namespace bitgrain::cosim {

namespace fs = std::filesystem;

namespace {

std::string reason(int code) {
    return std::strerror(code);
}

/// A pipe; both ends close on exec, and whatever is still open closes with it.
class Pipe {
  public:
    Pipe() {
        if (::pipe2(ends_.data(), O_CLOEXEC) != 0) throw Error("cannot make a pipe: " + reason(errno));
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;
    ~Pipe() {
        close_read();
        close_write();
    }
    int read_end() const { return ends_[0]; }
    int write_end() const { return ends_[1]; }
    void close_read() { close(0); }
    void close_write() { close(1); }

  private:
    void close(std::size_t end) {
        if (ends_[end] >= 0) ::close(ends_[end]);
        ends_[end] = -1;
    }
    std::array<int, 2> ends_{-1, -1};
};

class FileActions {
  public:
    FileActions() { ::posix_spawn_file_actions_init(&actions_); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }
    posix_spawn_file_actions_t* get() { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_{};
};

/// Appends what is there; false at the end of the stream.
bool drain(int descriptor, std::string& text) {
    std::array<char, 1 << 14> buffer{};
    const ssize_t n = ::read(descriptor, buffer.data(), buffer.size());
    if (n < 0) return errno == EINTR || errno == EAGAIN;
    text.append(buffer.data(), static_cast<std::size_t>(n));
    return n > 0;
}

/// Reads both streams together: a child that fills one pipe while we wait on the other would never end.
void drain_both(Pipe& output, Pipe& errors, Completed& result) {
    std::array<pollfd, 2> streams{pollfd{output.read_end(), POLLIN, 0}, pollfd{errors.read_end(), POLLIN, 0}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        if (::poll(streams.data(), streams.size(), -1) < 0 && errno != EINTR) break;
        for (std::size_t i = 0; i < streams.size(); ++i) {
            if (streams[i].fd < 0 || streams[i].revents == 0) continue;
            if (!drain(streams[i].fd, i == 0 ? result.output : result.errors)) streams[i].fd = -1;
        }
    }
}

} // namespace

std::optional<fs::path> find_program(const std::string& name) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "/usr/bin:/bin" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        fs::path candidate = fs::path(folder.empty() ? "." : folder) / name;
        if (::access(candidate.c_str(), X_OK) == 0 && fs::is_regular_file(candidate)) return candidate;
    }
    return std::nullopt;
}

fs::path require_program(const std::string& name, const std::string& package) {
    if (auto found = find_program(name)) return *found;
    throw Error("the program '" + name + "' is not installed", "", "on Debian: apt-get install " + package);
}

Completed run(const std::vector<std::string>& arguments, const fs::path& folder) {
    CHECK(!arguments.empty(), "a command needs a program");
    Pipe output, errors;
    FileActions actions;
    ::posix_spawn_file_actions_adddup2(actions.get(), output.write_end(), STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(actions.get(), errors.write_end(), STDERR_FILENO);
    ::posix_spawn_file_actions_addopen(actions.get(), STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addchdir_np(actions.get(), folder.c_str());
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    pid_t child = 0;
    const int failed = ::posix_spawnp(&child, argv[0], actions.get(), nullptr, argv.data(), environ);
    if (failed != 0) throw Error("cannot run " + arguments[0] + ": " + reason(failed), folder.string());
    output.close_write();
    errors.close_write();
    Completed result;
    drain_both(output, errors, result);
    int status = 0;
    while (::waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) throw Error("lost the process of " + arguments[0] + ": " + reason(errno));
    }
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return result;
}

std::string last_lines(const std::string& text, std::size_t lines) {
    std::size_t end = text.size();
    while (end > 0 && text[end - 1] == '\n')
        --end;
    std::size_t begin = end;
    for (; begin > 0; --begin) {
        if (text[begin - 1] == '\n' && --lines == 0) break;
    }
    return text.substr(begin, end - begin);
}

} // namespace bitgrain::cosim
