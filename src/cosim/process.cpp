#include "cosim/process.hpp"

#include "base/error.hpp"
#include "base/interrupt.hpp"

#include <array>
#include <cerrno>
#include <csignal>
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

/// A group of its own: what the child starts (make its compilers) ends with it, and a Ctrl-C in the terminal reaches us
/// alone, who then end it.
class OwnGroup {
  public:
    OwnGroup() {
        ::posix_spawnattr_init(&attributes_);
        ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
    }
    OwnGroup(const OwnGroup&) = delete;
    OwnGroup& operator=(const OwnGroup&) = delete;
    ~OwnGroup() { ::posix_spawnattr_destroy(&attributes_); }
    const posix_spawnattr_t* get() const { return &attributes_; }

  private:
    posix_spawnattr_t attributes_{};
};

/// The running child; killed with its group and waited for unless it has ended.
class Child {
  public:
    explicit Child(pid_t number) : number_(number) {}
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (ended_) return;
        ::kill(-number_, SIGKILL);
        while (::waitpid(number_, nullptr, 0) < 0 && errno == EINTR) {
        }
    }
    /// Its exit status as a shell says it.
    int wait(const std::string& program) {
        int status = 0;
        while (::waitpid(number_, &status, 0) < 0) {
            if (errno != EINTR) throw Error("lost the process of " + program + ": " + reason(errno));
        }
        ended_ = true;
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

  private:
    pid_t number_;
    bool ended_ = false;
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

constexpr int look_up_ms = 100; ///< for a signal that came to another thread

/// Reads both streams together: a child that fills one pipe while we wait on the other would never end.
void drain_both(Pipe& output, Pipe& errors, Completed& result) {
    std::array<pollfd, 2> streams{pollfd{output.read_end(), POLLIN, 0}, pollfd{errors.read_end(), POLLIN, 0}};
    while (streams[0].fd >= 0 || streams[1].fd >= 0) {
        check_interrupt();
        const int ready = ::poll(streams.data(), streams.size(), look_up_ms);
        if (ready < 0 && errno != EINTR) break;
        if (ready <= 0) continue;
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
    const OwnGroup group;
    pid_t number = 0;
    const int failed = ::posix_spawnp(&number, argv[0], actions.get(), group.get(), argv.data(), environ);
    if (failed != 0) throw Error("cannot run " + arguments[0] + ": " + reason(failed), folder.string());
    Child child(number);
    output.close_write();
    errors.close_write();
    Completed result;
    drain_both(output, errors, result);
    result.status = child.wait(arguments[0]);
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
